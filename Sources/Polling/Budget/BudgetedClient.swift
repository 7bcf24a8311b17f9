// SPDX-License-Identifier: Apache-2.0

package import CloudflareAPI
import HTTPTransport

/// The API of one account, every request paid for, counted, and retried where that may help.
package struct BudgetedClient: Sendable {
    let api: APIClient
    let gate: TokenRateLimiter
    let account: AccountSettings
    let statistics: PollStatistics
    let clock: any PollingClock
    let time: ServerClockOffset
    let retryDelays: [Double]

    package init(
        api: APIClient,
        gate: TokenRateLimiter,
        account: AccountSettings,
        statistics: PollStatistics,
        clock: any PollingClock,
        time: ServerClockOffset,
        retryDelays: [Double]
    ) {
        self.api = api
        self.gate = gate
        self.account = account
        self.statistics = statistics
        self.clock = clock
        self.time = time
        self.retryDelays = retryDelays
    }

    /// Runs one request.
    ///
    /// - Parameters:
    ///   - endpoint: what is asked, as it is counted.
    ///   - priority: who waits when the budget is short.
    ///   - request: asks once with the credential it is given.
    /// - Returns: what the API answered.
    /// - Throws: the failure of the last try, or why there was none: no token, a block, or a cancelled task.
    func call<Value: Sendable>(
        _ endpoint: APIEndpoint,
        _ priority: RequestPriority,
        _ request: (Credential) async throws(APIError) -> APIReply<Value>
    ) async throws(PollFailure) -> Value {
        var delays = retryDelays[...]
        var credential = try account.credential()
        while true {
            try await enter(priority)
            do throws(APIError) {
                return try await send(endpoint, credential, request)
            } catch {
                let current = try account.credential()
                if error.reason == .unauthorized, current != credential {
                    // The token was replaced while the old one was on its way: the new one deserves a try.
                    credential = current
                } else if error.mayPass, await !gate.isApiDown, let delay = delays.popFirst() {
                    try await pause(delay)
                } else {
                    throw PollFailure(error)
                }
            }
        }
    }

    private func enter(_ priority: RequestPriority) async throws(PollFailure) {
        do throws(TokenRateLimiter.Refusal) {
            try await gate.enter(priority)
        } catch {
            throw PollFailure(error)
        }
    }

    private func send<Value: Sendable>(
        _ endpoint: APIEndpoint,
        _ credential: Credential,
        _ request: (Credential) async throws(APIError) -> APIReply<Value>
    ) async throws(APIError) -> Value {
        let start = clock.uptime()
        do throws(APIError) {
            let reply = try await request(credential)
            statistics.countRequest(endpoint, status: "\(reply.status)", seconds: clock.uptime() - start)
            if let servedAt = reply.servedAt { time.note(servedAt, by: clock.now()) }
            await gate.note(reply.rateLimit)
            return reply.value
        } catch {
            guard error.reason != .cancelled else { throw error }
            let status = error.status.map { "\($0)" } ?? error.reason.rawValue
            statistics.countRequest(endpoint, status: status, seconds: clock.uptime() - start)
            await gate.note(error)
            throw error
        }
    }

    private func pause(_ seconds: Double) async throws(PollFailure) {
        do {
            // Jitter keeps connectors that failed together from coming back together.
            try await clock.sleep(seconds: seconds * Double.random(in: 0.75...1.25))
        } catch {
            throw .cancelled
        }
    }
}

extension APIError {
    /// Whether the same request may succeed a moment later.
    fileprivate var mayPass: Bool {
        [.serverError, .timeout, .connect, .interrupted, .malformed].contains(reason)
    }
}
