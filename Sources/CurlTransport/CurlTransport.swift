// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport
import Synchronization

/// Sends requests by libcurl, all on one thread of its own.
///
/// Connections are kept and used again, HTTP/2 is spoken where the server offers it, and bodies are decompressed.
/// Only `https` is asked, and `http` on this machine; redirects are returned, not followed; TLS is 1.2 or newer, and
/// the server's certificate and name are verified. Proxies are those of the environment (`https_proxy`, `no_proxy`),
/// but never for this machine.
///
/// Any number of requests may be sent at once: libcurl gets 64 of them, the others wait their turn, and the time that
/// they wait counts.
package final class CurlTransport: HTTPTransport, Sendable {
    /// How long an exchange may take at most, so that no deadline overflows: a day.
    private static let longestTimeout = Duration.seconds(86_400)

    private let mailbox: Result<CommandQueue, TransportError>
    private let lastID = Atomic<Int>(0)

    /// Starts the thread.
    ///
    /// Where the system has no descriptor, no thread or no memory for it, every request fails with that reason.
    ///
    /// - Parameters:
    ///   - userAgent: the `User-Agent` field.
    ///   - connectTimeout: the longest that name, TCP and TLS together may take, from 1 ms.
    ///   - connectionsPerHost: the most connections to one host, at least 1; with HTTP/1.1 also the most requests
    ///     that it answers at the same time.
    ///   - caFile: trusted certificates (PEM) in place of the system's.
    ///   - stallTimeout: ends a transfer that delivers less than one byte per second for so long, in whole seconds
    ///     from 1. It is meant for a request with a long timeout: also a server that thinks delivers nothing.
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
        mailbox = Self.start(settings)
    }

    deinit { shutdown() }

    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let mailbox = try mailbox.get()
        let id = lastID.wrappingAdd(1, ordering: .relaxed).newValue
        let cancellation = Submission.Cancellation()
        let deadline = ContinuousClock.now + min(max(.zero, request.timeout), Self.longestTimeout)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { reply in
                mailbox.submit(
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
            // In this order: the thread looks at the request's own flag when it takes the request, and at the
            // post's list afterwards.
            cancellation.request()
            mailbox.cancel(id)
        }
        return try result.get()
    }

    /// Ends the thread: what runs and whatever is sent later fails with `.cancelled`.
    ///
    /// Returns at once. The last reference does the same when it goes.
    package func shutdown() { try? mailbox.get().stop() }

    /// Waits until the thread has closed its connections and freed what it had, after `shutdown()`.
    ///
    /// A program should, before it exits: OpenSSL frees its own when a process ends, whoever still uses it.
    package func finished() async {
        guard case .success(let mailbox) = mailbox else { return }
        await mailbox.over()
    }

    private static func start(_ settings: CurlSettings) -> Result<CommandQueue, TransportError> {
        if let failure = CurlGlobal.failure { return .failure(failure) }
        return Result { () throws(TransportError) in
            let mailbox = try CommandQueue()
            CurlThread.start(mailbox, settings)
            return mailbox
        }
    }
}
