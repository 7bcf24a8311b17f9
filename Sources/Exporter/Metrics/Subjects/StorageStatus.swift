// SPDX-License-Identifier: Apache-2.0

/// The ledger's files and the event log, as metric families describe them.
package struct StorageStatus: Sendable, Hashable {
    /// The bytes that the ledger uses on the disk.
    package let size: Int

    /// The number of counted events that the event log does not contain yet; `nil` if there is no log.
    package let pendingLogEvents: Int?
}
