// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport
import Synchronization

/// An HTTP client on top of libcurl, which runs on one thread of its own.
///
/// - Connections are reused. HTTP/2 is used if the server offers it. Bodies are decompressed.
/// - Only `https` URLs and `http` URLs of this machine are allowed.
/// - Redirects are returned, not followed.
/// - TLS is 1.2 or newer. The server's certificate and host name are verified.
/// - Proxies come from the environment (`https_proxy`, `no_proxy`). Requests to this machine use no proxy.
///
/// Any number of requests may be sent at the same time. libcurl runs 64 of them, and the others wait in a queue. The
/// wait counts towards the request's timeout.
package final class CurlTransport: HTTPTransport, Sendable {
    /// The maximum timeout of a request: one day, so that no deadline overflows.
    private static let maximumTimeout = Duration.seconds(86_400)

    private let queue: Result<CommandQueue, TransportError>
    private let lastID = Atomic<Int>(0)

    /// Starts the thread.
    ///
    /// If the system has no descriptor, thread or memory for it, every request fails with that error.
    ///
    /// - Parameters:
    ///   - userAgent: The `User-Agent` header.
    ///   - connectTimeout: The maximum duration of name resolution, TCP and TLS handshake together, at least 1 ms.
    ///   - connectionsPerHost: The maximum number of connections to one host, at least 1. With HTTP/1.1, it is also the
    ///     maximum number of concurrent requests to the host.
    ///   - caFile: A PEM file of trusted certificates that replaces the system's.
    ///   - stallTimeout: The maximum time at less than one byte per second, in whole seconds, at least 1. A server that
    ///     computes its response sends nothing either, so this should be longer than such pauses.
    package init(
        userAgent: String,
        connectTimeout: Duration = .seconds(5),
        connectionsPerHost: Int = 8,
        caFile: String? = nil,
        stallTimeout: Duration = .seconds(30)
    ) {
        let settings = CurlSettings(
            userAgent: userAgent,
            connectTimeout: connectTimeout,
            stallTimeout: stallTimeout,
            connectionsPerHost: connectionsPerHost,
            caFile: caFile
        )
        queue = Self.start(settings)
    }

    deinit { shutdown() }

    /// Sends a request, and waits for the complete response.
    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let queue = try queue.get()
        let id = lastID.wrappingAdd(1, ordering: .relaxed).newValue
        let cancellation = Submission.Cancellation()
        let deadline = ContinuousClock.now + min(max(.zero, request.timeout), Self.maximumTimeout)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { reply in
                queue.submit(
                    Submission(
                        id: id,
                        request: request,
                        deadline: deadline,
                        cancellation: cancellation,
                        reply: reply
                    )
                )
            }
        } onCancel: {
            // The order matters: the thread checks the flag when it accepts the request, and reads the cancelled ids
            // after that.
            cancellation.request()
            queue.cancel(id)
        }
        return try result.get()
    }

    /// Stops the thread; active and later requests fail with `.cancelled`.
    ///
    /// Returns without waiting. Releasing the last reference has the same effect.
    package func shutdown() { try? queue.get().stop() }

    /// Waits until the thread has closed its connections and freed its memory, after `shutdown()`.
    ///
    /// Call it before the process exits. OpenSSL frees its global state at exit, even if a thread still uses it.
    package func waitUntilClosed() async {
        guard case .success(let queue) = queue else { return }
        await queue.waitUntilClosed()
    }

    private static func start(_ settings: CurlSettings) -> Result<CommandQueue, TransportError> {
        if let failure = CurlGlobal.failure { return .failure(failure) }
        return Result { () throws(TransportError) in
            let queue = try CommandQueue()
            CurlThread.start(queue, settings)
            return queue
        }
    }
}
