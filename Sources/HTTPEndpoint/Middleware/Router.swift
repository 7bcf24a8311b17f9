// SPDX-License-Identifier: Apache-2.0

/// Routes by exact path and method.
///
/// `HEAD` is answered by the route for `GET`; the endpoint leaves the body out. `OPTIONS` is answered from the
/// routes where no route of its own is given.
///
/// Source: RFC 9110, 9.3.2 (HEAD), 9.3.7 (OPTIONS), 15.5.6 (405), 15.6.2 (501).
package struct Router: Sendable {
    private var routes: [String: [String: Handler]] = [:]
    private var unrouted: Handler = { _, responder in responder.send(.text(404, "There is no such page.")) }

    /// Makes a router that finds nothing.
    package init() {}

    /// Answers a method on a path.
    ///
    /// - Parameters:
    ///   - method: in upper case.
    ///   - path: percent-decoded, beginning with `/`, compared exactly.
    ///   - handler: takes the place of an earlier one.
    package mutating func on(_ method: String, _ path: String, _ handler: @escaping Handler) {
        routes[path, default: [:]][method] = handler
    }

    /// Answers every path that has no route, in place of 404.
    package mutating func fallback(_ handler: @escaping Handler) {
        unrouted = handler
    }

    /// The routes as they now are, as one handler.
    package var handler: Handler {
        { [self] request, responder in route(request, responder) }
    }

    private func route(_ request: Request, _ responder: Responder) {
        guard let methods = routes[request.path] else { return unrouted(request, responder) }
        if let handler = methods[request.method] { return handler(request, responder) }
        if request.method == "HEAD", let handler = methods["GET"] { return handler(request, responder) }
        responder.send(Self.refusal(of: request.method, allowed: Self.allowed(methods)))
    }

    /// The answer to a method that has no route on a path that has some.
    private static func refusal(of method: String, allowed: String) -> Response {
        if method == "OPTIONS" { return Response(status: 204, headers: [("Allow", allowed)]) }
        guard registeredMethods.contains(method) else {
            return .text(501, "This server does not know the method.")
        }
        var response = Response.text(405, "This page takes only \(allowed).")
        response.headers.append(("Allow", allowed))
        return response
    }

    private static func allowed(_ methods: [String: Handler]) -> String {
        var names = Set(methods.keys)
        if names.contains("GET") { names.insert("HEAD") }
        names.insert("OPTIONS")
        return names.sorted().joined(separator: ", ")
    }

    /// The methods that a server recognises even where it does not allow them (RFC 9110, 9.1; RFC 5789).
    private static let registeredMethods: Set<String> = [
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH",
    ]
}
