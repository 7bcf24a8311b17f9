// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import Logging
import TestSupport

/// Runs an endpoint on a free port of 127.0.0.1 while a closure runs.
///
/// - Parameters:
///   - change: changes the default limits.
///   - tls: the TLS context; `nil` without TLS.
///   - handler: the handler of the endpoint.
///   - body: receives the endpoint and its port. It runs on a thread of its own and may block.
/// - Returns: the result of the closure.
/// - Throws: the error of the closure.
func withEndpoint<Result: Sendable>(
    _ change: (inout Limits) -> Void = { _ in },
    tls: TLSContext? = nil,
    handler: @escaping Handler,
    _ body: @escaping @Sendable (HTTPEndpoint, Int) throws -> Result
) async throws -> Result {
    var limits = Limits()
    change(&limits)
    let endpoint = try HTTPEndpoint(
        listening: [.tcp(host: "127.0.0.1", port: 0)],
        tls: tls,
        limits: limits,
        logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        handler: handler
    )
    return try await withThrowingTaskGroup(of: Void.self) { group in
        // It starts immediately, because other tests may keep the cooperative pool busy.
        group.addImmediateTask { await endpoint.run() }
        let port = endpoint.addresses[0].port
        let result = try await onThread { try body(endpoint, port) }
        endpoint.stop(grace: .zero)
        return result
    }
}

/// Responds to every request with its parsed method, path, query and body.
let echo: Handler = { request, responder in
    let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    let body = String(decoding: request.body, as: UTF8.self)
    responder.send(.text(200, "\(request.method) \(request.path)?\(query) \(body)"))
}
