// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Logging

/// Says once that something fails, now and then that it still does, and once that it works again.
struct FailureLog {
    private struct Trouble {
        var subjects: Set<String>
        var failures = 0
        var loggedAt: Double
    }

    private struct Cause: Hashable {
        let account: String
        let activity: String
        let reason: String
    }

    /// Seconds between two lines about the same trouble.
    private static let repeatSeconds = 300.0

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
        guard let loggedAt = troubles[cause]?.loggedAt else {
            troubles[cause] = Trouble(subjects: [subject], loggedAt: now)
            log("\(activity) failed", cause, subject: subject, ["error": "\(failure.description)"])
            return
        }
        troubles[cause]?.subjects.insert(subject)
        troubles[cause]?.failures += 1
        if now - loggedAt >= Self.repeatSeconds, let trouble = troubles[cause] {
            let metadata: Logger.Metadata = [
                "error": "\(failure.description)",
                "failures": "\(trouble.failures)",
                "failing": "\(trouble.subjects.count)",
            ]
            log("\(activity) still failing", cause, subject: subject, metadata)
            troubles[cause]?.failures = 0
            troubles[cause]?.loggedAt = now
        }
    }

    /// Notes a success: troubles that had only this subject left are over.
    mutating func succeeded(_ activity: String, account: String, subject: String) {
        let causes = troubles.keys.filter { $0.account == account && $0.activity == activity }
        for cause in causes where troubles[cause]?.subjects.remove(subject) != nil {
            if troubles[cause]?.subjects.isEmpty == true {
                troubles[cause] = nil
                logger.info(
                    "\(activity) works again",
                    metadata: ["account.id": "\(account)", "reason": "\(cause.reason)"]
                )
            }
        }
    }

    private func log(_ message: Logger.Message, _ cause: Cause, subject: String, _ extra: Logger.Metadata) {
        var metadata = extra
        metadata["account.id"] = "\(cause.account)"
        metadata["reason"] = "\(cause.reason)"
        if subject != cause.account { metadata["connector.id"] = "\(subject)" }
        logger.warning(message, metadata: metadata)
    }
}
