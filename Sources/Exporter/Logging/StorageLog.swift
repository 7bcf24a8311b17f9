// SPDX-License-Identifier: Apache-2.0

import EventLedger
import LinuxSystem
import Logging
import Polling
import Synchronization

/// Logs failures and recoveries of the storage, at most one of each per minute, and counts every failure.
final class StorageLog: Sendable {
    private struct Status {
        var isFailing = false
        /// Whether the current failure was logged; only then is its end logged.
        var isAnnounced = false
        /// When the newest failure was logged.
        var announcedAt: Uptime?
        /// The number of failures since then that began and ended without a line.
        var unannounced = 0
    }

    /// The minimum time between two lines about failures, in seconds.
    private static let pause = 60.0

    private let status = Mutex(Status())
    private let logger: Logger
    private let statistics: PollStatistics

    init(logger: Logger, statistics: PollStatistics) {
        self.logger = logger
        self.statistics = statistics
    }

    /// Logs and counts an event of the ledger.
    func record(_ event: StorageEvent, at now: Uptime) {
        switch event {
        case .failing(let error):
            statistics.countStorageWriteFailure()
            recordFailure(error, at: now)
        case .recovered:
            recordRecovery()
        case .setAside(let path, let name, let error):
            logger.error(
                "damaged ledger renamed; counts start again, and history is imported",
                metadata: [
                    "event": "ledger_set_aside", "path": "\(path)", "renamed.to": "\(name)",
                    "error": "\(error)",
                ]
            )
        case .unprotected(let path, let weakness):
            logger.warning(
                "other users can replace the ledger; make the storage directory private to this user, with mode 0700",
                metadata: ["event": "storage_unprotected", "path": "\(path)", "weakness": "\(weakness)"]
            )
        }
    }

    private func recordFailure(_ error: LedgerError, at now: Uptime) {
        let unannounced: Int? = status.withLock { status in
            status.isFailing = true
            guard !status.isAnnounced else { return nil }
            if let last = status.announcedAt, now - last < Self.pause { return nil }
            defer { status.unannounced = 0 }
            status.isAnnounced = true
            status.announcedAt = now
            return status.unannounced
        }
        guard let unannounced else { return }
        var metadata: Logger.Metadata = ["event": "storage_failing", "error": "\(error)"]
        if unannounced > 0 { metadata["failures.not.logged"] = "\(unannounced)" }
        logger.error("storage not writable; polls fail until it is", metadata: metadata)
    }

    private func recordRecovery() {
        let wasAnnounced = status.withLock { status in
            if status.isFailing, !status.isAnnounced { status.unannounced += 1 }
            defer { (status.isFailing, status.isAnnounced) = (false, false) }
            return status.isAnnounced
        }
        if wasAnnounced { logger.info("storage writable again", metadata: ["event": "storage_recovered"]) }
    }
}
