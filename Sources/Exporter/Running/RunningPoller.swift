// SPDX-License-Identifier: Apache-2.0

import Polling

/// A poller with an orderly stop: polls under way end before it does.
final class RunningPoller: Sendable {
    /// The maximum time that polls under way have to end after a stop, in seconds.
    ///
    /// Polls that take longer, because they wait for the budget or read a long history, are cancelled and repeated.
    private static let gracePeriod = 30.0

    let status: PollerStatus
    let rateLimiter: TokenRateLimiter
    private let poller: Poller
    private let clock: any PollingClock
    private let stopRequest = WakeSignal()
    private let end = WakeSignal()

    init(accounts: [AccountSettings], settings: PollingSettings, context: Poller.Context) {
        status = context.status
        rateLimiter = context.rateLimiter
        clock = context.clock
        poller = Poller(accounts: accounts, settings: settings, context: context)
    }

    /// Polls until `stop()` or until the task is cancelled.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.poller.run() }
            group.addTask {
                await self.stopRequest.wait()
                await self.poller.stop()
                try? await self.clock.sleep(seconds: Self.gracePeriod)
            }
            await group.next()
            group.cancelAll()
        }
        end.signal()
    }

    /// Starts no further polls, and lets those under way end.
    func stop() { stopRequest.signal() }

    /// Waits until `run()` has ended.
    ///
    /// Only one task may wait.
    func waitUntilEnded() async { await end.wait() }
}
