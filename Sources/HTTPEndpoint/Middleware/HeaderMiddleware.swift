// SPDX-License-Identifier: Apache-2.0

/// Puts the same header fields on every answer of a handler, in place of the handler's own of those names.
///
/// Requests that are refused before any handler sees them, because they are not HTTP, get none.
package struct HeaderMiddleware: Sendable, Hashable {
    /// One field.
    package struct Field: Sendable, Hashable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    private let fields: [Field]

    /// Takes the fields in the order in which they are sent.
    package init(_ fields: [Field]) { self.fields = fields }

    /// Puts the fields on what a handler answers.
    package func wrapping(_ handler: @escaping Handler) -> Handler {
        guard !fields.isEmpty else { return handler }
        let names = Set(fields.map { $0.name.lowercased() })
        return { [fields] request, responder in
            let outer = Responder { response, delay in
                var response = response
                response.headers.removeAll { names.contains($0.name.lowercased()) }
                response.headers += fields.map { ($0.name, $0.value) }
                responder.send(response, after: delay)
            }
            handler(request, outer)
        }
    }
}
