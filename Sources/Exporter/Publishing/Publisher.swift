// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import EventLedger
import LinuxSystem
package import Polling
import Synchronization

/// The publisher of scrape bodies.
///
/// Polling, scrapes and reloads post updates to an inbox and continue. One loop takes them, rewrites the affected lines
/// and replaces the published body. So a scrape never waits for a poll, and a poll never waits for a scrape.
package actor Publisher {
    /// The maximum sleep between iterations, in seconds, so that a stepped clock delays a change by at most this time.
    private static let maxSleep = 1.0

    private nonisolated let inbox = PublisherInbox()
    private nonisolated let published = Mutex(PublishedBody(generation: 0, segments: { _ in [] }))
    private nonisolated let clock: any PollingClock
    private let statistics: PollStatistics
    private let withExporterFamilies: Bool
    private let startTime: Timestamp?
    private let shard: Shard
    private let storage: @Sendable () -> StorageStatus?

    private var fleet: ExposedFleet
    private var pacer = PublishPacer()
    private var reloadSucceeded = true
    private var generation = 0

    /// Creates a publisher with an empty body.
    ///
    /// - Parameters:
    ///   - settings: the thresholds of stuck work, and the windows of the failure ratio.
    ///   - statistics: the counters of polling.
    ///   - withExporterFamilies: whether the families about the exporter itself are exposed.
    ///   - withCreated: whether OpenMetrics has created samples.
    ///   - startTime: when the process started; `nil` if unknown.
    ///   - shard: the share of the connectors that this exporter polls.
    ///   - clock: the clock.
    ///   - storage: returns the status of the storage, without blocking for long.
    package init(
        settings: FamilySettings,
        statistics: PollStatistics,
        withExporterFamilies: Bool,
        withCreated: Bool,
        startTime: Timestamp?,
        shard: Shard = .whole,
        clock: any PollingClock,
        storage: @escaping @Sendable () -> StorageStatus? = { nil }
    ) {
        self.storage = storage
        self.statistics = statistics
        self.withExporterFamilies = withExporterFamilies
        self.startTime = startTime
        self.shard = shard
        self.clock = clock
        fleet = ExposedFleet(settings: settings, builder: BodyBuilder(withCreated: withCreated))
    }

    /// The current body.
    package nonisolated var body: PublishedBody { published.withLock { $0 } }

    /// Records that a scraper has received a complete body.
    package nonisolated func recordScrape(of generation: Int, by scraper: Scraper) {
        inbox.recordScrape(of: generation, by: scraper, at: clock.uptime())
    }

    /// Applies a new configuration: its settings, and the end of the series that it does not select.
    nonisolated func apply(_ plan: PollingPlan) { inbox.post { $0.plan = plan } }

    /// Records the result of the newest load of the configuration.
    package nonisolated func recordReload(succeeded: Bool) {
        inbox.post { $0.reloadSucceeded = succeeded }
    }

    /// Returns all exposed connectors and accounts.
    ///
    /// The caller renders them, so that publishing continues meanwhile.
    func fleetSnapshot() -> FleetSnapshot { fleet.snapshot(at: clock.now()) }

    /// Publishes until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            let now = clock.now()
            applyUpdates(at: now, clock.uptime())
            fleet.rewriteExpectedChanges(at: now)
            if withExporterFamilies { updateExporterStatus() }
            if fleet.hasChanges, pacer.delay(at: clock.uptime()) <= 0 { publish() }
            await inbox.wait(atMost: max(0.001, sleep), by: clock)
        }
    }
}

extension Publisher: PollObserver {
    package nonisolated func connectorChanged(_ view: ConnectorView) {
        inbox.post { updates in
            updates.connectors[view.record.key] = view
            updates.removed.remove(view.record.key)
        }
    }

    package nonisolated func snapshotChanged(_ view: SnapshotView) {
        inbox.post { $0.snapshots[view.key] = view }
    }

    package nonisolated func connectorGone(_ key: ConnectorKey) {
        inbox.post { updates in
            updates.connectors[key] = nil
            updates.snapshots[key] = nil
            updates.removed.insert(key)
        }
    }

    package nonisolated func accountChanged(_ view: AccountView) {
        inbox.post { $0.accounts[view.account] = view }
    }
}

extension Publisher {
    private func applyUpdates(at now: Timestamp, _ uptime: Uptime) {
        let (updates, receivedGeneration) = inbox.take(at: uptime)
        if let succeeded = updates.reloadSucceeded { reloadSucceeded = succeeded }
        fleet.apply(updates, at: now, uptime)
        fleet.promoteSeries(received: receivedGeneration, at: now, uptime)
    }

    private func updateExporterStatus() {
        fleet.update(
            ExporterStatus(
                statistics: statistics.snapshot,
                accounts: fleet.accountViews,
                shard: shard,
                reloadSucceeded: reloadSucceeded,
                storage: storage(),
                countedSince: startTime
            )
        )
    }

    private func publish() {
        let start = clock.uptime()
        generation += 1
        let body = fleet.body(generation: generation)
        published.withLock { $0 = body }
        inbox.setAwaitsScrape(fleet.hasPendingSeries)
        pacer.recordBuild(from: start, to: clock.uptime())
    }

    /// The time before the next iteration, in seconds, unless an update arrives.
    private var sleep: Double {
        var sleep = min(Self.maxSleep, fleet.secondsToNextChange(at: clock.now(), clock.uptime()))
        if fleet.hasChanges { sleep = min(sleep, pacer.delay(at: clock.uptime())) }
        return sleep
    }
}
