// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Logging

/// Says once that something fails, now and then that it still does, and once that it works again.
struct FailureLog {
    private struct Trouble {
        /// Who fails now; empty while it is over.
        var subjects: Set<String> = []
        /// Failures since the newest line.
        var failures = 0
        /// When the newest line was.
        var loggedAt: Double
        /// When the beginnings began to be counted.
        var countedFrom: Double
        var beginnings = 1
        /// Whether its newest beginning was logged, and its end is to be.
        var isAnnounced = true
    }

    private struct Cause: Hashable {
        let account: String
        let activity: String
        let reason: String
    }

    /// Seconds between two lines about the same trouble.
    private static let repeatSeconds = 300.0

    /// How often a trouble that comes and goes is said to begin, and to end, within that time.
    private static let announcedBeginnings = 3

    private var troubles: [Cause: Trouble] = [:]
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// Notes a failure.
    ///
    /// - Parameters:
    ///   - activity: what failed: "poll" or "discovery".
    ///   - account: whose.
    ///   - subject: the connector, or the account itself.
    ///   - failure: its reason tells one trouble from another.
    ///   - now: of `PollingClock.uptime`.
    mutating func failed(
        _ activity: String,
        account: String,
        subject: String,
        _ failure: PollFailure,
        at now: Double
    ) {
        let cause = Cause(account: account, activity: activity, reason: failure.reason)
        guard let loggedAt = troubles[cause]?.loggedAt, let wasOver = troubles[cause]?.subjects.isEmpty else {
            troubles[cause] = Trouble(subjects: [subject], loggedAt: now, countedFrom: now)
            log("\(activity) failed", cause, subject: subject, ["error": "\(failure.description)"])
            return
        }
        troubles[cause]?.subjects.insert(subject)
        troubles[cause]?.failures += 1
        if now - loggedAt >= Self.repeatSeconds {
            let metadata: Logger.Metadata = [
                "error": "\(failure.description)",
                "failures": "\(troubles[cause]?.failures ?? 1)",
                "failing": "\(troubles[cause]?.subjects.count ?? 1)",
            ]
            log("\(activity) still failing", cause, subject: subject, metadata)
            announce(cause, at: now)
        } else if wasOver {
            begin(cause, subject: subject, failure, at: now)
        }
    }

    /// Notes a success: troubles that had only this subject left are over.
    mutating func succeeded(_ activity: String, account: String, subject: String) {
        let causes = troubles.keys.filter { $0.account == account && $0.activity == activity }
        for cause in causes where troubles[cause]?.subjects.remove(subject) != nil {
            guard troubles[cause]?.subjects.isEmpty == true, troubles[cause]?.isAnnounced == true else {
                continue
            }
            logger.info(
                "\(activity) works again",
                metadata: ["account.id": "\(account)", "reason": "\(cause.reason)"]
            )
        }
    }

    /// Notes that a trouble begins again that was over.
    ///
    /// What comes and goes is told a few times; after that its failures are counted, and told together.
    private mutating func begin(_ cause: Cause, subject: String, _ failure: PollFailure, at now: Double) {
        guard var trouble = troubles[cause] else { return }
        if now - trouble.countedFrom >= Self.repeatSeconds {
            trouble.countedFrom = now
            trouble.beginnings = 0
        }
        trouble.beginnings += 1
        trouble.isAnnounced = trouble.beginnings <= Self.announcedBeginnings
        troubles[cause] = trouble
        guard trouble.isAnnounced else { return }
        log("\(cause.activity) failed", cause, subject: subject, ["error": "\(failure.description)"])
        announce(cause, at: now)
    }

    private mutating func announce(_ cause: Cause, at now: Double) {
        troubles[cause]?.failures = 0
        troubles[cause]?.loggedAt = now
        troubles[cause]?.isAnnounced = true
    }

    private func log(_ message: Logger.Message, _ cause: Cause, subject: String, _ extra: Logger.Metadata) {
        var metadata = extra
        metadata["account.id"] = "\(cause.account)"
        metadata["reason"] = "\(cause.reason)"
        if subject != cause.account { metadata["connector.id"] = "\(subject)" }
        logger.warning(message, metadata: metadata)
    }
}
