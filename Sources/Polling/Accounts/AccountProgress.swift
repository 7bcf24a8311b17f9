// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import ConnectorSnapshots
import EventLedger
import HTTPTransport
import LinuxSystem

/// The progress of polling one account: discovery, the first round of polls and the history import.
///
/// It keeps sets of pending connectors, so that a poll updates only its own entry.
struct AccountProgress {
    /// Minimum and maximum delay before a failed discovery is retried, in seconds.
    private static let retrySeconds = 15.0...600.0

    /// Seconds between two checks for a replaced token.
    private static let tokenCheckSeconds = 1.0

    let settings: AccountSettings

    /// Whether the newest discovery succeeded; `nil` before the first.
    private(set) var discoverySucceeded: Bool?

    /// When the newest successful discovery of this process ended.
    private(set) var discoveredAt: Timestamp?

    /// The number of polled connectors that the newest successful discovery did not list.
    var missing = 0

    /// What the counters of snapshots count from; `nil` until a snapshot shows it.
    var snapshotCounters: CounterSemantics?

    /// The sites of the account.
    var sites = SiteDirectory()

    /// The expiry of the token.
    var tokenExpiry = TokenExpiry()

    /// The due time of the next discovery.
    private(set) var discoveryDue = Uptime(seconds: 0)

    private var discoveryFailures = 0
    private var isDiscovering = false

    private var credential: Credential?
    private var tokenCheckDue = Uptime(seconds: 0)

    /// Connectors whose first poll has not ended.
    private var unattempted: Set<ConnectorKey> = []

    /// The unattempted connectors that have no complete window from an earlier process either.
    private var unready: Set<ConnectorKey> = []

    /// Connectors whose history is read, but lacks payloads.
    private var lackingPayloads: Set<ConnectorKey> = []

    /// Connectors whose history is complete.
    private var imported: Set<ConnectorKey> = []

    /// The number of events that the history import has read.
    var importedEvents = 0

    /// Whether the log has a line about the end of the first round.
    var hasLoggedFirstRound = false

    /// The time of the newest log line about the import.
    var importLoggedAt: Uptime?

    init(settings: AccountSettings) {
        self.settings = settings
    }

    /// Starts a discovery if it is due, or if the token was replaced.
    ///
    /// - Returns: whether a discovery was started.
    mutating func startDiscovery(at now: Uptime) -> Bool {
        let isReplaced = checkToken(at: now)
        if isReplaced { tokenExpiry.expire() }
        guard !isDiscovering, discoveryDue <= now || isReplaced else { return false }
        isDiscovering = true
        return true
    }

    private mutating func checkToken(at now: Uptime) -> Bool {
        guard tokenCheckDue <= now else { return false }
        tokenCheckDue = now + Self.tokenCheckSeconds
        guard let current = try? settings.credential() else { return false }
        defer { credential = current }
        return credential != nil && current != credential
    }

    /// Ends a discovery and schedules the next one.
    ///
    /// - Parameters:
    ///   - failure: The failure, or `nil` after a success.
    ///   - interval: The time between two discoveries, in seconds.
    ///   - now: The current time.
    ///   - time: The current time of day.
    mutating func finishDiscovery(
        failure: PollFailure?,
        interval: Double,
        at now: Uptime,
        _ time: Timestamp
    ) {
        isDiscovering = false
        discoverySucceeded = failure == nil
        if failure == nil { discoveredAt = time }
        discoveryFailures = failure == nil ? 0 : discoveryFailures + 1
        guard discoveryFailures > 0 else {
            discoveryDue = now + interval
            return
        }
        let delay = Self.retrySeconds.lowerBound * Double(1 << min(discoveryFailures - 1, 10))
        discoveryDue = now + min(delay, interval, Self.retrySeconds.upperBound)
    }
}

// MARK: - Connectors

extension AccountProgress {
    /// Whether the first poll of every connector has ended.
    var hasAttemptedAll: Bool { unattempted.isEmpty }

    /// Whether every connector was polled, or has a complete window from an earlier process.
    ///
    /// An account without connectors is ready after its first successful discovery.
    ///
    /// - Parameter count: The number of connectors.
    /// - Returns: whether the first round of polls is complete.
    func isReady(with count: Int) -> Bool {
        (discoverySucceeded == true || count > 0) && unready.isEmpty
    }

    /// Whether every connector's history is complete or failed, and at least one is complete.
    var isImportDone: Bool {
        discoverySucceeded == true && unattempted.isEmpty && lackingPayloads.isEmpty && !imported.isEmpty
    }

    mutating func add(_ record: ConnectorRecord) {
        unattempted.insert(record.key)
        if record.watermark == nil { unready.insert(record.key) }
        update(record)
    }

    /// Updates a connector's import state.
    mutating func update(_ record: ConnectorRecord) {
        guard record.watermark != nil else { return }
        if record.hasAllPayloads {
            lackingPayloads.remove(record.key)
            imported.insert(record.key)
        } else {
            lackingPayloads.insert(record.key)
        }
    }

    /// Records that a connector's poll has ended.
    mutating func recordAttempt(of key: ConnectorKey) {
        unattempted.remove(key)
        unready.remove(key)
    }

    mutating func remove(_ key: ConnectorKey) {
        recordAttempt(of: key)
        lackingPayloads.remove(key)
        imported.remove(key)
    }
}
