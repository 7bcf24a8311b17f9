// SPDX-License-Identifier: Apache-2.0

/// A router by path and method.
///
/// A path is compared exactly. Paths without a route of their own may have one for everything below a prefix.
///
/// The route for `GET` also answers `HEAD`; the endpoint omits the body. Without a route of its own, `OPTIONS` is
/// answered with the allowed methods.
///
/// Source: RFC 9110, 9.3.2 (HEAD), 9.3.7 (OPTIONS), 15.5.6 (405), 15.6.2 (501).
package struct Router: Sendable {
    private var routes: [String: [String: Handler]] = [:]
    private var prefixes: [String: [String: Handler]] = [:]
    private var fallbackHandler: Handler = { _, responder in responder.send(.text(404, "Not found.")) }

    /// Creates a router without routes.
    package init() {}

    /// Sets the handler for a method on a path.
    ///
    /// - Parameters:
    ///   - method: in upper case.
    ///   - path: percent-decoded, beginning with `/`, compared exactly.
    ///   - handler: replaces an earlier one.
    package mutating func on(_ method: String, _ path: String, _ handler: @escaping Handler) {
        routes[path, default: [:]][method] = handler
    }

    /// Sets the handler for a method on all paths with a prefix that have no route of their own.
    ///
    /// - Parameters:
    ///   - method: in upper case.
    ///   - prefix: percent-decoded, beginning with `/`. If several match, the longest applies.
    ///   - handler: replaces an earlier one.
    package mutating func on(_ method: String, below prefix: String, _ handler: @escaping Handler) {
        prefixes[prefix, default: [:]][method] = handler
    }

    /// Sets the handler for paths without a route.
    ///
    /// The default responds with 404.
    package mutating func fallback(_ handler: @escaping Handler) {
        fallbackHandler = handler
    }

    /// A handler with the current routes.
    package var handler: Handler {
        { [self] request, responder in route(request, responder) }
    }

    private func route(_ request: Request, _ responder: Responder) {
        guard let methods = routes[request.path] ?? methods(below: request.path) else {
            return fallbackHandler(request, responder)
        }
        if let handler = methods[request.method] { return handler(request, responder) }
        if request.method == "HEAD", let handler = methods["GET"] { return handler(request, responder) }
        responder.send(Self.response(toUnrouted: request.method, allowed: Self.allowed(methods)))
    }

    /// Returns the handlers of the longest prefix of a path.
    private func methods(below path: String) -> [String: Handler]? {
        prefixes.lazy.filter { path.hasPrefix($0.key) }.max { $0.key.utf8.count < $1.key.utf8.count }?.value
    }

    /// Returns the response for a method without a route, on a path with other routes.
    private static func response(toUnrouted method: String, allowed: String) -> Response {
        if method == "OPTIONS" { return Response(status: 204, headers: [("Allow", allowed)]) }
        guard registeredMethods.contains(method) else {
            return .text(501, "Method not implemented; use \(allowed).")
        }
        var response = Response.text(405, "Method not allowed; use \(allowed).")
        response.headers.append(("Allow", allowed))
        return response
    }

    private static func allowed(_ methods: [String: Handler]) -> String {
        var names = Set(methods.keys)
        if names.contains("GET") { names.insert("HEAD") }
        names.insert("OPTIONS")
        return names.sorted().joined(separator: ", ")
    }

    /// The methods that a server recognizes even if it does not allow them (RFC 9110, 9.1; RFC 5789).
    private static let registeredMethods: Set<String> = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
    ]
}
