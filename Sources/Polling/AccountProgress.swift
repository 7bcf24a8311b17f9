// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import HTTPTransport

/// How far polling has come with one account.
struct AccountProgress {
    /// The shortest and the longest wait before a discovery that failed is tried again, in seconds.
    private static let retrySeconds = 15.0...600.0

    let settings: AccountSettings

    /// Of the newest discovery; `nil` before the first.
    private(set) var discoverySucceeded: Bool?

    /// When discovery is due, in uptime.
    private(set) var discoveryDue = 0.0

    private var failures = 0
    private var isDiscovering = false

    /// The token of the last look, to notice that its file has a new one.
    private var credential: Credential?

    /// Connectors whose poll has ended at least once, one way or the other.
    var attempted: Set<ConnectorKey> = []

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
        let current = try? settings.credential()
        let isReplaced = credential != nil && current != nil && current != credential
        credential = current ?? credential
        guard !isDiscovering, discoveryDue <= now || isReplaced else { return false }
        isDiscovering = true
        return true
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
