// SPDX-License-Identifier: Apache-2.0

/// The ledger's files and the event log, as metric families describe them.
package struct StorageStatus: Sendable, Hashable {
    /// The progress of the event log.
    package struct EventLogStatus: Sendable, Hashable {
        /// The number of counted events that the log does not contain yet.
        package let pendingEvents: Int

        /// The number of failed attempts to write.
        package let writeFailures: Int
    }

    /// The bytes that the ledger uses on the disk.
    package let size: Int

    /// The event log; `nil` if none is configured.
    package let eventLog: EventLogStatus?
}
