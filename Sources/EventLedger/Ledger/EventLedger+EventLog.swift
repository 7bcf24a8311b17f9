// SPDX-License-Identifier: Apache-2.0

import GRDB
import Synchronization

extension EventLedger {
    /// The position of the last event that the event log contains; 0 if it contains none.
    package var logPosition: Int { store.cache.withLock(\.logPosition) }

    /// The position of the event that was counted last; 0 before the first.
    package var lastPosition: Int { store.cache.withLock(\.nextPosition) - 1 }

    /// Stores the position of the last event that the event log contains.
    ///
    /// The events up to it must be on the disk, because no later start writes them again.
    ///
    /// - Throws: if the database cannot be written; the next start then writes some events again.
    package func recordLogPosition(_ position: Int) async throws(LedgerError) {
        try await store.write(durability: .process) { db in
            try db.execute(
                sql: """
                    INSERT INTO event_log (id, position) VALUES (1, ?)
                    ON CONFLICT DO UPDATE SET position = excluded.position
                    """,
                arguments: [position]
            )
        } onCommit: { cache, _ in
            cache.logPosition = position
        }
    }
}
