// SPDX-License-Identifier: Apache-2.0

package import EventLedger

/// The state of one connector, for observers.
package struct ConnectorView: Sendable {
    /// The connector's record in the ledger.
    package let record: ConnectorRecord

    /// Whether the newest poll succeeded; `nil` before the first poll of this process has ended.
    package let pollSucceeded: Bool?

    /// Makes a view.
    package init(record: ConnectorRecord, pollSucceeded: Bool?) {
        self.record = record
        self.pollSucceeded = pollSucceeded
    }
}
