// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents

/// Receives the results of polling.
///
/// Its methods are called from any thread and must not block.
package protocol PollObserver: Sendable {
    /// Called when a connector's record or the result of its newest poll changes.
    func connectorChanged(_ view: ConnectorView)

    /// Called when a connector's snapshot or the result of its newest snapshot poll changes.
    func snapshotChanged(_ view: SnapshotView)

    /// Called when a connector is removed. Its series end.
    func connectorGone(_ key: ConnectorKey)

    /// Called when the state of an account changes.
    func accountChanged(_ view: AccountView)
}
