// SPDX-License-Identifier: Apache-2.0

import EventLedger
import Logging
import Polling
import Synchronization

/// Logs the first failure of the storage and the recovery, and counts every failure.
final class StorageLog: Sendable {
    private let isFailing = Mutex(false)
    private let logger: Logger
    private let statistics: PollStatistics

    init(logger: Logger, statistics: PollStatistics) {
        self.logger = logger
        self.statistics = statistics
    }

    /// Logs and counts an event of the ledger.
    @Sendable func record(_ event: StorageEvent) {
        switch event {
        case .failing(let error):
            statistics.countStorageWriteFailure()
            guard !change(to: true) else { return }
            logger.error(
                "storage not writable; polls fail until it is",
                metadata: ["event": "storage_failing", "error": "\(error)"]
            )
        case .recovered:
            guard change(to: false) else { return }
            logger.info("storage writable again", metadata: ["event": "storage_recovered"])
        case .setAside(let path, let name, let error):
            logger.error(
                "damaged ledger renamed; counts start again, and history is imported",
                metadata: [
                    "event": "ledger_set_aside", "path": "\(path)", "renamed.to": "\(name)",
                    "error": "\(error)",
                ]
            )
        }
    }

    /// Sets the state, and returns the former one.
    private func change(to isFailing: Bool) -> Bool {
        self.isFailing.withLock { before in
            defer { before = isFailing }
            return before
        }
    }
}
