// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import LinuxSystem
import Logging

/// Logs when a failure begins, continues and ends, without a line for each occurrence.
struct FailureLog {
    /// An operation that may fail.
    enum Activity: String, Sendable, Hashable {
        case poll
        case discovery
        case siteDiscovery = "site_discovery"
        case snapshotPoll = "snapshot_poll"

        /// The name in words.
        fileprivate var words: String { rawValue.replacing("_", with: " ") }
    }

    /// Failures of one account with the same activity and reason.
    fileprivate struct Cause: Hashable {
        let account: String
        let activity: Activity
        let reason: PollFailure.Reason
    }

    fileprivate struct Incident {
        /// The connectors, or the account, that fail now; empty after the end of the incident.
        var subjects: Set<String> = []
        /// The number of failures since the newest line.
        var failures = 0
        /// The time of the newest line.
        var loggedAt: Uptime
        /// The start of the interval in which `beginnings` is counted.
        var countedFrom: Uptime
        var beginnings = 1
        /// Whether the newest beginning was logged.
        ///
        /// Only then is the end logged.
        var isAnnounced = true
    }

    /// Seconds between two lines about the same incident.
    fileprivate static let repeatSeconds = 300.0

    /// Maximum number of beginnings that are logged in that time, if an incident begins and ends repeatedly.
    fileprivate static let announcedBeginnings = 3

    private var incidents: [Cause: Incident] = [:]
    private let logger: Logger

    init(logger: Logger) {
        self.logger = logger
    }

    /// Records a failure.
    ///
    /// - Parameters:
    ///   - activity: The operation that failed.
    ///   - account: The account.
    ///   - subject: The connector, or the account itself.
    ///   - failure: The failure. Failures with different reasons are different incidents.
    ///   - now: The current time.
    mutating func recordFailure(
        of activity: Activity,
        account: String,
        subject: String,
        _ failure: PollFailure,
        at now: Uptime
    ) {
        let cause = Cause(account: account, activity: activity, reason: failure.reason)
        guard var incident = incidents[cause] else {
            incidents[cause] = Incident(subjects: [subject], loggedAt: now, countedFrom: now)
            return logBeginning(of: cause, subject: subject, failure)
        }
        let hadEnded = incident.subjects.isEmpty
        incident.subjects.insert(subject)
        incident.failures += 1
        if now - incident.loggedAt >= Self.repeatSeconds {
            logContinuation(of: cause, incident, subject: subject, failure)
            incident.announce(at: now)
        } else if hadEnded, incident.beginAgain(at: now) {
            logBeginning(of: cause, subject: subject, failure)
            incident.announce(at: now)
        }
        incidents[cause] = incident
    }

    /// Records a success.
    ///
    /// It ends the incidents that affected only this subject.
    mutating func recordSuccess(of activity: Activity, account: String, subject: String) {
        let causes = incidents.keys.filter { $0.account == account && $0.activity == activity }
        for cause in causes where incidents[cause]?.subjects.remove(subject) != nil {
            guard let incident = incidents[cause], incident.subjects.isEmpty, incident.isAnnounced else {
                continue
            }
            logger.info(
                "\(activity.words) recovered",
                metadata: [
                    "event": "\(activity.rawValue)_recovered", "account.id": "\(account)",
                    "reason": "\(cause.reason.rawValue)",
                ]
            )
        }
    }
}

extension FailureLog.Incident {
    /// Counts a new beginning.
    ///
    /// - Returns: whether it should be logged. Later ones are only counted, and reported together.
    fileprivate mutating func beginAgain(at now: Uptime) -> Bool {
        if now - countedFrom >= FailureLog.repeatSeconds {
            countedFrom = now
            beginnings = 0
        }
        beginnings += 1
        isAnnounced = beginnings <= FailureLog.announcedBeginnings
        return isAnnounced
    }

    fileprivate mutating func announce(at now: Uptime) {
        failures = 0
        loggedAt = now
        isAnnounced = true
    }
}

extension FailureLog {
    private func logBeginning(of cause: Cause, subject: String, _ failure: PollFailure) {
        log(
            "\(cause.activity.words) failed",
            cause,
            subject,
            failure,
            ["event": "\(cause.activity.rawValue)_failed"]
        )
    }

    private func logContinuation(
        of cause: Cause,
        _ incident: Incident,
        subject: String,
        _ failure: PollFailure
    ) {
        let metadata: Logger.Metadata = [
            "event": "\(cause.activity.rawValue)_still_failing", "failures": "\(incident.failures)",
            "failing": "\(incident.subjects.count)",
        ]
        log("\(cause.activity.words) still failing", cause, subject, failure, metadata)
    }

    private func log(
        _ message: Logger.Message,
        _ cause: Cause,
        _ subject: String,
        _ failure: PollFailure,
        _ extra: Logger.Metadata
    ) {
        var metadata = extra
        metadata["account.id"] = "\(cause.account)"
        metadata["reason"] = "\(cause.reason.rawValue)"
        metadata["error"] = "\(failure.description)"
        if subject != cause.account { metadata["connector.id"] = "\(subject)" }
        logger.warning(message, metadata: metadata)
    }
}
