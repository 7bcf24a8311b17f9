// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import HTTPTransport

/// How far polling has come with one account.
///
/// It keeps sets of the connectors that something waits for, so that a poll looks at none but its own.
struct AccountProgress {
    /// The shortest and the longest wait before a discovery that failed is tried again, in seconds.
    private static let retrySeconds = 15.0...600.0

    /// Seconds between two looks at whether the token was replaced.
    private static let tokenSeconds = 1.0

    let settings: AccountSettings

    /// Of the newest discovery; `nil` before the first.
    private(set) var discoverySucceeded: Bool?

    /// When discovery is due, in uptime.
    private(set) var discoveryDue = 0.0

    private var failures = 0
    private var isDiscovering = false

    /// The token of the last look, to notice that its file has a new one.
    private var credential: Credential?
    private var tokenLookDue = -Double.infinity

    /// Connectors whose poll has not ended once, one way or the other.
    private var unattempted: Set<ConnectorKey> = []

    /// Those of them that were never complete before either.
    private var unready: Set<ConnectorKey> = []

    /// Connectors whose history is in but for its payloads.
    private var undrained: Set<ConnectorKey> = []

    /// Connectors whose history is in.
    private var drained: Set<ConnectorKey> = []

    /// Events that the history import has brought so far.
    var importedEvents = 0

    /// Whether it was logged that every connector's history is listed.
    var hasLoggedListing = false

    /// When the last line about the import was logged, in uptime.
    var importLoggedAt = -Double.infinity

    init(settings: AccountSettings) {
        self.settings = settings
    }

    /// Begins a discovery if it is due, or if the token has been replaced.
    mutating func beginDiscovery(at now: Double) -> Bool {
        let isReplaced = lookAtToken(at: now)
        guard !isDiscovering, discoveryDue <= now || isReplaced else { return false }
        isDiscovering = true
        return true
    }

    private mutating func lookAtToken(at now: Double) -> Bool {
        guard tokenLookDue <= now else { return false }
        tokenLookDue = now + Self.tokenSeconds
        guard let current = try? settings.credential() else { return false }
        defer { credential = current }
        return credential != nil && current != credential
    }

    mutating func endDiscovery(failure: PollFailure?, interval: Double, at now: Double) {
        isDiscovering = false
        discoverySucceeded = failure == nil
        failures = failure == nil ? 0 : failures + 1
        guard failures > 0 else {
            discoveryDue = now + interval
            return
        }
        let wait = Self.retrySeconds.lowerBound * Double(1 << min(failures - 1, 10))
        discoveryDue = now + min(wait, interval, Self.retrySeconds.upperBound)
    }
}

// MARK: - Its connectors

extension AccountProgress {
    /// Whether each connector's poll has ended once.
    var hasAttemptedAll: Bool { unattempted.isEmpty }

    /// Whether each connector was polled, or was complete before; of an account without any, whether that is known.
    ///
    /// - Parameter count: how many connectors there are.
    /// - Returns: whether the account's first round is over.
    func isReady(with count: Int) -> Bool {
        (discoverySucceeded == true || count > 0) && unready.isEmpty
    }

    /// Whether every connector has its history, payloads included, or cannot have it now; and one has.
    var isImportDone: Bool {
        discoverySucceeded == true && unattempted.isEmpty && undrained.isEmpty && !drained.isEmpty
    }

    /// Takes note of a connector that is polled from now on.
    mutating func add(_ record: ConnectorRecord) {
        unattempted.insert(record.key)
        if record.watermark == nil { unready.insert(record.key) }
        note(record)
    }

    /// Takes note of a connector as it is now.
    mutating func note(_ record: ConnectorRecord) {
        guard record.watermark != nil else { return }
        if record.hasAllPayloads {
            undrained.remove(record.key)
            drained.insert(record.key)
        } else {
            undrained.insert(record.key)
        }
    }

    /// Takes note that a connector's poll has ended.
    mutating func noteAttempt(of key: ConnectorKey) {
        unattempted.remove(key)
        unready.remove(key)
    }

    /// Takes note that a connector is gone.
    mutating func remove(_ key: ConnectorKey) {
        noteAttempt(of: key)
        undrained.remove(key)
        drained.remove(key)
    }
}
