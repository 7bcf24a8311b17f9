// SPDX-License-Identifier: Apache-2.0

import EventLedger
import Logging
import Polling
import Synchronization

/// Says once that the ledger cannot be written, and once that it is; counts every time.
final class StorageLog: Sendable {
    private let isFailing = Mutex(false)
    private let logger: Logger
    private let statistics: PollStatistics

    init(logger: Logger, statistics: PollStatistics) {
        self.logger = logger
        self.statistics = statistics
    }

    /// Takes what the ledger tells.
    @Sendable func note(_ news: StorageEvent) {
        switch news {
        case .failing(let error):
            statistics.countStorageWriteFailure()
            guard !change(to: true) else { return }
            logger.error(
                "the ledger cannot be written: counting goes on in memory, and is written when it can be",
                metadata: ["error": "\(error)"]
            )
        case .recovered:
            guard change(to: false) else { return }
            logger.info("the ledger is written again, with all that waited in memory")
        case .restored(let path):
            logger.warning(
                "the storage path was deleted or replaced while in use: the ledger is written to it again",
                metadata: ["path": "\(path)"]
            )
        case .setAside(let path, let name, let cause, let isRebuilt):
            let loss =
                isRebuilt
                ? "all counts go on from memory; events recorded earlier than the newest counted ones and shown "
                    + "later are not counted any more"
                : "its counts are lost with it; a new ledger begins, and history is imported again"
            logger.error(
                "the ledger was damaged and is set aside: \(loss)",
                metadata: ["path": "\(path)", "set.aside": "\(name)", "error": "\(cause)"]
            )
        }
    }

    /// Whether it failed before.
    private func change(to isFailing: Bool) -> Bool {
        self.isFailing.withLock { before in
            defer { before = isFailing }
            return before
        }
    }
}
