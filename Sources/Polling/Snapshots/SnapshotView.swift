// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
package import ConnectorSnapshots

/// The newest snapshot of one connector, for observers.
package struct SnapshotView: Sendable {
    package let key: ConnectorKey

    /// The newest snapshot; `nil` if the connector has none.
    package let snapshot: Snapshot?

    /// Whether the newest snapshot poll succeeded.
    ///
    /// A connector without snapshots is a success.
    package let pollSucceeded: Bool

    /// When the newest successful snapshot poll ended; `nil` before the first one of this process.
    package let lastSuccess: Timestamp?

    /// When the snapshot is too old to describe the connector.
    package let staleAt: Timestamp?

    /// Makes a view.
    package init(
        key: ConnectorKey,
        snapshot: Snapshot?,
        pollSucceeded: Bool,
        lastSuccess: Timestamp?,
        staleAt: Timestamp?
    ) {
        self.key = key
        self.snapshot = snapshot
        self.pollSucceeded = pollSucceeded
        self.lastSuccess = lastSuccess
        self.staleAt = staleAt
    }
}
