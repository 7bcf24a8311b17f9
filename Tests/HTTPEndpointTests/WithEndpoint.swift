// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import Logging
import TestSupport

/// Runs an endpoint on a free port of 127.0.0.1 for as long as a body runs, which may block.
///
/// - Parameters:
///   - change: of the default limits.
///   - tls: where it is to be HTTPS.
///   - handler: answers.
///   - body: takes the endpoint and its port.
/// - Returns: what the body returns.
/// - Throws: what the body throws.
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
        // At once, so that no test which keeps the cooperative pool busy makes clients wait for the thread.
        group.addImmediateTask { await endpoint.run() }
        let port = endpoint.addresses[0].port
        let result = try await onThread { try body(endpoint, port) }
        endpoint.stop(grace: .zero)
        return result
    }
}

/// Answers every request with its method, path, query and body, so that a client sees what was understood.
let echo: Handler = { request, responder in
    let query = request.query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    let body = String(decoding: request.body, as: UTF8.self)
    responder.send(.text(200, "\(request.method) \(request.path)?\(query) \(body)"))
}
