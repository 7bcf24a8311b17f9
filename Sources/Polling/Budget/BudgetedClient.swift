// SPDX-License-Identifier: Apache-2.0

package import CloudflareAPI
import ConnectorEvents
package import HTTPTransport
import LinuxSystem

/// An API client for one account, which limits, counts and retries its requests.
package struct BudgetedClient: Sendable {
    let api: APIClient
    let rateLimiter: TokenRateLimiter
    let account: AccountSettings
    let statistics: PollStatistics
    let clock: any PollingClock
    let serverClock: ServerClockOffset
    let retryDelays: [Double]

    /// Makes a client.
    ///
    /// - Parameters:
    ///   - api: The API.
    ///   - rateLimiter: The rate limiter of the account's token.
    ///   - account: The account, which has the token.
    ///   - statistics: The counters of requests.
    ///   - clock: The clock of delays and durations.
    ///   - serverClock: Records the time of each response.
    ///   - retryDelays: The pauses before each retry, in seconds.
    package init(
        api: APIClient,
        rateLimiter: TokenRateLimiter,
        account: AccountSettings,
        statistics: PollStatistics,
        clock: any PollingClock,
        serverClock: ServerClockOffset,
        retryDelays: [Double]
    ) {
        self.api = api
        self.rateLimiter = rateLimiter
        self.account = account
        self.statistics = statistics
        self.clock = clock
        self.serverClock = serverClock
        self.retryDelays = retryDelays
    }

    /// Sends a request, and retries it if it fails with a transient error.
    ///
    /// - Parameters:
    ///   - endpoint: The endpoint, as a label of the counters.
    ///   - priority: The priority if the budget is short.
    ///   - request: Sends the request once, with the given credential.
    /// - Returns: the result.
    /// - Throws: the failure of the last attempt, or the reason why none was possible: no token, a block, or a cancelled
    ///   task.
    package func call<Value: Sendable>(
        _ endpoint: APIEndpoint,
        _ priority: RequestPriority,
        _ request: (Credential) async throws(APIError) -> APIReply<Value>
    ) async throws(PollFailure) -> Value {
        var delays = retryDelays[...]
        var credential = try account.credential()
        while true {
            let permit = try await enter(priority)
            do throws(APIError) {
                return try await send(permit, endpoint, credential, request)
            } catch {
                let current = try account.credential()
                if error.reason == .unauthorized, current != credential {
                    // The token was replaced during the request, so the new one is tried at once.
                    credential = current
                } else if error.isTransient, await !rateLimiter.isAPIDown, let delay = delays.popFirst() {
                    try await pause(delay)
                } else {
                    throw PollFailure(error)
                }
            }
        }
    }

    private func enter(_ priority: RequestPriority) async throws(PollFailure) -> RequestPermit {
        do throws(TokenRateLimiter.Refusal) {
            return try await rateLimiter.enter(priority)
        } catch {
            throw PollFailure(error)
        }
    }

    /// Sends a request once and returns its permit, whatever the result.
    private func send<Value: Sendable>(
        _ permit: consuming RequestPermit,
        _ endpoint: APIEndpoint,
        _ credential: Credential,
        _ request: (Credential) async throws(APIError) -> APIReply<Value>
    ) async throws(APIError) -> Value {
        let start = clock.uptime()
        let reply: APIReply<Value>
        do throws(APIError) {
            reply = try await request(credential)
        } catch {
            if error.reason != .cancelled {
                let status = error.status.map { "\($0)" } ?? error.reason.rawValue
                count(endpoint, status: status, since: start)
            }
            await rateLimiter.finish(permit, error: error)
            throw error
        }
        count(endpoint, status: "\(reply.status)", since: start)
        if let servedAt = reply.servedAt {
            serverClock.update(servedAt: Timestamp(servedAt), now: clock.now())
        }
        await rateLimiter.finish(permit, rateLimit: reply.rateLimit)
        return reply.value
    }

    private func count(_ endpoint: APIEndpoint, status: String, since start: Uptime) {
        statistics.countRequest(
            PollStatistics.RequestKey(account: account.account, endpoint: endpoint, status: status),
            seconds: clock.uptime() - start
        )
    }

    private func pause(_ seconds: Double) async throws(PollFailure) {
        do {
            // Jitter spreads the retries of connectors that failed together.
            try await clock.sleep(seconds: seconds * Double.random(in: 0.75...1.25))
        } catch {
            throw .cancelled
        }
    }
}

extension APIError {
    /// Whether the same request may succeed soon.
    fileprivate var isTransient: Bool {
        [.serverError, .timeout, .connect, .interrupted, .malformed].contains(reason)
    }
}
