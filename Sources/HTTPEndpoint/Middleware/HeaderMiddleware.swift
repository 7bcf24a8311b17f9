// SPDX-License-Identifier: Apache-2.0

/// Middleware that adds the same header fields to every response, replacing the handler's fields of those names.
///
/// Requests that are rejected before a handler receives them get no such fields.
package struct HeaderMiddleware: Sendable, Hashable {
    /// One header field.
    package struct Field: Sendable, Hashable {
        /// The field name.
        package let name: String
        /// The field value.
        package let value: String

        /// Creates a header field.
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    private let fields: [Field]

    /// Creates middleware that sends the fields in this order.
    package init(_ fields: [Field]) { self.fields = fields }

    /// Returns a handler that adds the fields to the responses of another one.
    package func wrapping(_ handler: @escaping Handler) -> Handler {
        guard !fields.isEmpty else { return handler }
        let names = Set(fields.map { $0.name.lowercased() })
        return { [fields] request, responder in
            let outer = Responder(isAbandoned: { responder.isAbandoned }) { response in
                var response = response
                response.headers.removeAll { names.contains($0.name.lowercased()) }
                response.headers += fields.map { ($0.name, $0.value) }
                responder.send(response)
            }
            handler(request, outer)
        }
    }
}
