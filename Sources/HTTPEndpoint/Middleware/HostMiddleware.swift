// SPDX-License-Identifier: Apache-2.0

/// Middleware that rejects requests for other host names with 421.
///
/// It stops DNS rebinding: a web page lets its own host name point to this machine, and its script then reads the
/// endpoint in the browser of an operator. Such requests name the host of the page.
///
/// Source: RFC 9110, 7.2 (Host), 15.5.20 (421).
package struct HostMiddleware: Sendable, Hashable {
    /// Paths that any host name may request, because the health checks of an orchestrator use the address of the pod.
    private static let exempt: Set<String> = ["/-/healthy", "/-/ready"]

    private let allowed: Set<String>

    /// Creates middleware that allows these host names or IP addresses, on any port.
    ///
    /// - Parameter hosts: names are compared case-insensitively. Without hosts, all requests are allowed.
    package init(allowing hosts: [String]) {
        allowed = Set(hosts.map { Self.name(in: $0) })
    }

    /// Returns a handler that passes only requests for an allowed host to another one.
    package func wrapping(_ handler: @escaping Handler) -> Handler {
        guard !allowed.isEmpty else { return handler }
        return { [allowed] request, responder in
            let name = request.headers.first("host").map { Self.name(in: $0) }
            guard Self.exempt.contains(request.path) || name.map(allowed.contains) ?? false else {
                return responder.send(
                    .text(
                        421,
                        "Host name not allowed; use another, or allow this one with --web.allowed-host.\n"
                    )
                )
            }
            handler(request, responder)
        }
    }

    /// Returns the host without its port, brackets and trailing dot, in lower case.
    private static func name(in host: String) -> String {
        var name = host.lowercased()[...]
        if name.first == "[" {
            name = name.dropFirst().prefix { $0 != "]" }
        } else if let colon = name.firstIndex(of: ":"), colon == name.lastIndex(of: ":") {
            name = name[..<colon]
        }
        if name.last == "." { name = name.dropLast() }
        return String(name)
    }
}
