// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import LinuxSystem
import Polling
import Synchronization

/// The updates that polling, scrapes and reloads leave for the publisher.
///
/// Any thread may post without waiting.
final class PublisherInbox: Sendable {
    /// The updates since the publisher last took them.
    ///
    /// A later update of the same subject replaces the earlier one.
    struct Updates {
        var connectors: [ConnectorKey: ConnectorView] = [:]

        var snapshots: [ConnectorKey: SnapshotView] = [:]

        /// The connectors whose series end.
        var removed: Set<ConnectorKey> = []

        var accounts: [String: AccountView] = [:]

        /// A new configuration.
        var plan: PollingPlan?

        var reloadSucceeded: Bool?
    }

    private struct State {
        var updates = Updates()
        var scrapers = ScraperTable()
        var awaitsScrape = false
    }

    private let state = Mutex(State())
    private let signal = WakeSignal()

    /// Adds an update and wakes the publisher.
    func post(_ update: (inout Updates) -> Void) {
        state.withLock { update(&$0.updates) }
        signal.signal()
    }

    /// Records that a scraper has received a complete body, and wakes the publisher if it awaits a scrape.
    func recordScrape(of generation: Int, by scraper: Scraper, at now: Uptime) {
        let awaitsScrape = state.withLock { state in
            state.scrapers.record(generation, by: scraper, at: now)
            return state.awaitsScrape
        }
        if awaitsScrape { signal.signal() }
    }

    /// Sets whether the next scrape must wake the publisher, because series are pending.
    func setAwaitsScrape(_ awaitsScrape: Bool) {
        state.withLock { $0.awaitsScrape = awaitsScrape }
    }

    /// Removes and returns the updates, with the newest body that all regular scrapers have received.
    func take(at now: Uptime) -> (updates: Updates, receivedGeneration: Int) {
        state.withLock { state in
            defer { state.updates = Updates() }
            return (state.updates, state.scrapers.generationReceivedByAll(at: now))
        }
    }

    /// Waits for a post, at most for some seconds.
    func wait(atMost seconds: Double, by clock: any PollingClock) async {
        await signal.wait(atMost: seconds, by: clock)
    }
}
