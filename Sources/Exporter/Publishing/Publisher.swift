// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import EventLedger
import Exposition
package import Polling
import Synchronization

/// Turns what polling finds out into prepared bytes, when it changes and when time alone changes it.
///
/// Polling and scrapes leave notes in an inbox and go on; one loop reads it, encodes what changed, and swaps
/// the published body. So a scrape never waits for a poll, and a poll never for a scrape.
package actor Publisher {
    /// What others have left for the loop.
    private struct Inbox {
        var connectors: [ConnectorKey: ConnectorView] = [:]
        var gone: Set<ConnectorKey> = []
        var accounts: [String: AccountView] = [:]
        var settings: FamilySettings?
        var selection: (@Sendable (ConnectorKey) -> Bool)?
        var reloadSucceeded: Bool?
        var questions: [@Sendable (FleetSnapshot) -> Void] = []
        var seenGeneration = 0

        /// Whether a scrape makes a difference: there are series that wait to be seen.
        var awaitsScrape = false
    }

    /// A connector as it is shown.
    private struct Shown {
        var view: ConnectorView
        var births = NewSeriesTracker()
    }

    /// The longest that the loop sleeps, in seconds, lest a clock that is stepped make it oversleep.
    private static let longestSleep = 1.0

    /// The least time from one body to the next, in seconds: news that come faster are shown together.
    ///
    /// What comes after a pause is shown at once, so that this delays nothing but a stream of news.
    private static let leastPause = 0.02

    /// How often the time that a body took passes before the next: a quarter of a core is the most that bodies cost.
    private static let pauseFactor = 3.0

    private nonisolated let inbox = Mutex(Inbox())
    private nonisolated let published: Mutex<PublishedBody>
    private nonisolated let bell = WakeSignal()
    private let clock: any PollingClock
    private let statistics: PollStatistics

    private let withExporterFamilies: Bool
    /// When the process started, in seconds since the Unix epoch: its own counters began then.
    private let startTime: Double?

    private var assembly: BodyBuilder
    private let shard: Shard
    private var settings: FamilySettings
    private var shown: [ConnectorKey: Shown] = [:]
    /// Connectors with series that still show 0.
    private var young: Set<ConnectorKey> = []
    /// Connectors that time alone changes, and when, in seconds since the Unix epoch.
    private var changes: [ConnectorKey: Double] = [:]
    private var accounts: [String: AccountView] = [:]
    /// When the next body may be made, in uptime.
    private var nextBody = -Double.infinity
    private var reloadSucceeded = true
    private var generation = 0

    /// Begins with an empty body.
    ///
    /// - Parameters:
    ///   - settings: when work is stuck, and the windows of the failure ratio.
    ///   - statistics: what polling has done.
    ///   - withExporterFamilies: whether they are shown.
    ///   - withCreated: whether counters say in OpenMetrics when they began at 0.
    ///   - startTime: of the process, in seconds since the Unix epoch; `nil` where it is not known.
    ///   - shard: whose part of all connectors is polled.
    ///   - clock: what time it is.
    package init(
        settings: FamilySettings,
        statistics: PollStatistics,
        withExporterFamilies: Bool,
        withCreated: Bool,
        startTime: Double?,
        shard: Shard = .whole,
        clock: any PollingClock
    ) {
        self.settings = settings
        self.statistics = statistics
        self.withExporterFamilies = withExporterFamilies
        self.startTime = startTime
        self.shard = shard
        self.clock = clock
        assembly = BodyBuilder(withCreated: withCreated)
        published = Mutex(PublishedBody(generation: 0, segments: { _ in [] }))
    }

    /// What a scrape is answered with now.
    package nonisolated var body: PublishedBody { published.withLock { $0 } }

    /// Takes note that a scrape was sent a body to its last byte.
    package nonisolated func noteScrape(of generation: Int) {
        let matters = inbox.withLock { inbox in
            inbox.seenGeneration = max(inbox.seenGeneration, generation)
            return inbox.awaitsScrape
        }
        if matters { bell.ring() }
    }

    /// Takes over another configuration.
    ///
    /// - Parameters:
    ///   - settings: for every line from now on.
    ///   - selection: which connectors are still polled; the series of the others end.
    package nonisolated func reconfigure(
        _ settings: FamilySettings,
        selecting selection: @escaping @Sendable (ConnectorKey) -> Bool
    ) {
        inbox.withLock { inbox in
            inbox.settings = settings
            inbox.selection = selection
        }
        bell.ring()
    }

    /// Takes note of how the newest load of the configuration ended.
    package nonisolated func noteReload(succeeded: Bool) {
        inbox.withLock { $0.reloadSucceeded = succeeded }
        bell.ring()
    }

    /// Asks how the fleet stands; the answer comes from the loop.
    nonisolated func askFleet(_ answer: @escaping @Sendable (FleetSnapshot) -> Void) {
        inbox.withLock { $0.questions.append(answer) }
        bell.ring()
    }

    /// Publishes until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            let now = clock.now()
            let questions = takeInbox(at: now)
            showWhatTimeChanged(at: now)
            writeExporterFamilies()
            if assembly.hasNews, nextBody <= clock.uptime() { publish() }
            answer(questions, at: now)
            var sleep = min(Self.longestSleep, (nextChange(after: now) ?? .infinity) - clock.now())
            if assembly.hasNews { sleep = min(sleep, nextBody - clock.uptime()) }
            await bell.wait(atMost: max(0.001, sleep), by: clock)
        }
    }
}

extension Publisher: PollObserver {
    package nonisolated func connectorChanged(_ view: ConnectorView) {
        inbox.withLock { inbox in
            inbox.connectors[view.record.key] = view
            inbox.gone.remove(view.record.key)
        }
        bell.ring()
    }

    package nonisolated func connectorGone(_ key: ConnectorKey) {
        inbox.withLock { inbox in
            inbox.connectors[key] = nil
            inbox.gone.insert(key)
        }
        bell.ring()
    }

    package nonisolated func accountChanged(_ view: AccountView) {
        inbox.withLock { $0.accounts[view.account] = view }
        bell.ring()
    }
}

// MARK: - The loop's work

extension Publisher {
    private func takeInbox(at now: Double) -> [@Sendable (FleetSnapshot) -> Void] {
        let taken = inbox.withLock { inbox in
            let taken = inbox
            inbox = Inbox()
            inbox.seenGeneration = taken.seenGeneration
            inbox.awaitsScrape = taken.awaitsScrape
            return taken
        }
        if let succeeded = taken.reloadSucceeded { reloadSucceeded = succeeded }
        if let selection = taken.selection { keep(only: selection) }
        for key in taken.gone { remove(key) }
        for view in taken.accounts.values { show(view) }
        for view in taken.connectors.values { take(view, at: now) }
        if let changed = taken.settings, changed != settings {
            settings = changed
            for key in shown.keys { write(key, at: now) }
        }
        grow(seen: taken.seenGeneration, at: now)
        return taken.questions
    }

    private func keep(only selection: @Sendable (ConnectorKey) -> Bool) {
        for key in shown.keys where !selection(key) { remove(key) }
        let left = Set(accounts.keys.filter { account in shown.keys.contains { $0.account == account } })
        for account in accounts.keys where !left.contains(account) {
            accounts[account] = nil
            assembly.set(nil, ofAccount: account)
        }
    }

    private func remove(_ key: ConnectorKey) {
        guard shown.removeValue(forKey: key) != nil else { return }
        young.remove(key)
        changes[key] = nil
        assembly.remove(connector: key)
    }

    private func show(_ view: AccountView) {
        accounts[view.account] = view
        let lines = AccountFamilies(view, columns: assembly.accountColumns).lines
        assembly.set(lines, ofAccount: view.account)
    }

    private func take(_ view: ConnectorView, at now: Double) {
        let key = view.record.key
        var entry = shown[key] ?? Shown(view: view)
        // A poller that was started anew does not know how the last poll ended; what is shown still holds.
        let succeeded = view.pollSucceeded ?? entry.view.pollSucceeded
        entry.view = ConnectorView(record: view.record, pollSucceeded: succeeded)
        if view.record.watermark != nil {
            entry.births.note(
                kinds: Array(view.record.tallies.keys),
                tunnels: view.record.hasAllPayloads ? Array(view.record.state.rekeys.keys) : nil,
                at: now,
                interval: accounts[key.account]?.pollInterval ?? 60
            )
        }
        shown[key] = entry
        if entry.births.nextDeadline != nil { young.insert(key) }
        write(key, at: now)
    }

    private func write(_ key: ConnectorKey, at now: Double) {
        guard let entry = shown[key] else { return }
        let families = ConnectorFamilies(
            entry.view,
            births: entry.births,
            settings: settings,
            columns: assembly.connectorColumns,
            now: now
        )
        changes[key] = families.changesAt
        assembly.set(families.lines, ofConnector: key)
    }

    private func grow(seen generation: Int, at now: Double) {
        for key in young where shown[key]?.births.grow(seen: generation, at: now) == true {
            if shown[key]?.births.nextDeadline == nil { young.remove(key) }
            write(key, at: now)
        }
    }

    private func showWhatTimeChanged(at now: Double) {
        for (key, moment) in changes where moment <= now { write(key, at: now) }
    }

    private func nextChange(after now: Double) -> Double? {
        let births = young.compactMap { self.shown[$0]?.births.nextDeadline }.min()
        return [changes.values.min(), births].compactMap(\.self).min()
    }

    private func writeExporterFamilies() {
        guard withExporterFamilies else { return }
        let families = ExporterFamilies(
            statistics.snapshot,
            shard: shard,
            reloadSucceeded: reloadSucceeded,
            columns: assembly.exporterColumns,
            startTime: startTime
        )
        assembly.setExporter(families.lines)
    }

    private func publish() {
        let start = clock.uptime()
        generation += 1
        for key in young { shown[key]?.births.appear(in: generation) }
        let body = assembly.body(generation: generation)
        published.withLock { $0 = body }
        let awaitsScrape = !young.isEmpty
        inbox.withLock { $0.awaitsScrape = awaitsScrape }
        let end = clock.uptime()
        nextBody = max(start + Self.leastPause, end + Self.pauseFactor * (end - start))
    }

    private func answer(_ questions: [@Sendable (FleetSnapshot) -> Void], at now: Double) {
        guard !questions.isEmpty else { return }
        let fleet = FleetSnapshot(
            connectors: shown.values.map(\.view),
            accounts: accounts.values.sorted { $0.account < $1.account },
            settings: settings,
            now: now
        )
        for answer in questions { answer(fleet) }
    }
}
