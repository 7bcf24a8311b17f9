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
        var questions: [@Sendable (Fleet) -> Void] = []
        var seenGeneration = 0

        /// Whether a scrape makes a difference: there are series that wait to be seen.
        var awaitsScrape = false
    }

    /// A connector as it is shown.
    private struct Shown {
        var view: ConnectorView
        var births = SeriesBirths()
        var changesAt: Double?
    }

    /// The longest that the loop sleeps, in seconds, lest a clock that is stepped make it oversleep.
    private static let longestSleep = 1.0

    private nonisolated let inbox = Mutex(Inbox())
    private nonisolated let published: Mutex<PublishedBody>
    private nonisolated let bell = Doorbell()
    private let clock: any PollingClock
    private let statistics: PollStatistics

    private let withExporterFamilies: Bool
    private let shard: Shard
    private let compressor = Compressor()
    private let preambles: [[Dialect: Segment]]
    private var settings: FamilySettings
    private var grid = SegmentGrid(familyCount: MetricCatalogue.ofConnectors.count)
    private var shown: [ConnectorKey: Shown] = [:]
    private var accounts: [String: AccountView] = [:]
    private var accountLines: [String: [[UInt8]]] = [:]
    private var exporterLines: [[UInt8]] = []
    private var hasNews = true
    private var reloadSucceeded = true
    private var generation = 0

    package init(
        settings: FamilySettings,
        statistics: PollStatistics,
        withExporterFamilies: Bool,
        shard: Shard = .whole,
        clock: any PollingClock
    ) {
        self.settings = settings
        self.statistics = statistics
        self.withExporterFamilies = withExporterFamilies
        self.shard = shard
        self.clock = clock
        let entries = MetricCatalogue.ofConnectors + MetricCatalogue.ofAccounts + MetricCatalogue.ofExporter
        let compressor = compressor
        preambles = entries.map { entry in
            Dictionary(
                uniqueKeysWithValues: Dialect.allCases.map {
                    ($0, Segment(plain: Preamble(entry.definition).bytes($0), compressor: compressor))
                }
            )
        }
        published = Mutex(PublishedBody(generation: 0, families: []))
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
    nonisolated func askFleet(_ answer: @escaping @Sendable (Fleet) -> Void) {
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
            if hasNews { publish() }
            answer(questions, at: now)
            let next = nextChange(after: now) ?? .infinity
            await bell.wait(atMost: min(Self.longestSleep, max(0.001, next - clock.now())), by: clock)
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
    private func takeInbox(at now: Double) -> [@Sendable (Fleet) -> Void] {
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
            accountLines[account] = nil
        }
        hasNews = true
    }

    private func remove(_ key: ConnectorKey) {
        guard shown.removeValue(forKey: key) != nil else { return }
        grid.remove(key)
        hasNews = true
    }

    private func show(_ view: AccountView) {
        accounts[view.account] = view
        let lines = AccountFamilies(view).lines
        if accountLines.updateValue(lines, forKey: view.account) != lines { hasNews = true }
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
                tunnels: view.record.isDrained ? Array(view.record.state.rekeys.keys) : nil,
                at: now,
                interval: accounts[key.account]?.pollInterval ?? 60
            )
        }
        shown[key] = entry
        write(key, at: now)
    }

    private func write(_ key: ConnectorKey, at now: Double) {
        guard let entry = shown[key] else { return }
        let families = ConnectorFamilies(entry.view, births: entry.births, settings: settings, now: now)
        shown[key]?.changesAt = families.changesAt
        grid.set(families.lines, of: key)
        hasNews = true
    }

    private func grow(seen generation: Int, at now: Double) {
        for key in shown.keys where shown[key]?.births.grow(seen: generation, at: now) == true {
            write(key, at: now)
        }
    }

    private func showWhatTimeChanged(at now: Double) {
        for (key, entry) in shown where entry.changesAt.map({ $0 <= now }) ?? false { write(key, at: now) }
    }

    private func nextChange(after now: Double) -> Double? {
        shown.values.lazy.flatMap { [$0.changesAt, $0.births.nextDeadline].compactMap(\.self) }.min()
    }

    private func writeExporterFamilies() {
        guard withExporterFamilies else { return }
        let snapshot = statistics.snapshot
        let lines = ExporterFamilies(snapshot, shard: shard, reloadSucceeded: reloadSucceeded).lines
        guard lines != exporterLines else { return }
        exporterLines = lines
        hasNews = true
    }

    private func publish() {
        generation += 1
        for key in shown.keys { shown[key]?.births.appear(in: generation) }
        let connectorSegments = grid.prepare(with: compressor)
        let small = smallFamilies().map { [Segment(plain: $0, compressor: compressor)] }
        let families = zip(preambles, connectorSegments + small).map { (preamble: $0, samples: $1) }
        let body = PublishedBody(generation: generation, families: families)
        published.withLock { $0 = body }
        let awaitsScrape = shown.values.contains { $0.births.nextDeadline != nil }
        inbox.withLock { $0.awaitsScrape = awaitsScrape }
        hasNews = false
    }

    /// The families of accounts and of the exporter itself: a few lines each.
    private func smallFamilies() -> [[UInt8]] {
        let ordered = accountLines.sorted { $0.key < $1.key }.map(\.value)
        let ofAccounts = MetricCatalogue.ofAccounts.indices.map { family in ordered.flatMap { $0[family] } }
        let ofExporter =
            exporterLines.isEmpty
            ? Array(repeating: [], count: MetricCatalogue.ofExporter.count) : exporterLines
        return ofAccounts + ofExporter
    }

    private func answer(_ questions: [@Sendable (Fleet) -> Void], at now: Double) {
        guard !questions.isEmpty else { return }
        let fleet = Fleet(
            connectors: shown.values.map(\.view),
            accounts: accounts.values.sorted { $0.account < $1.account },
            settings: settings,
            now: now
        )
        for answer in questions { answer(fleet) }
    }
}
