// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// The place of an event in the order of time: by `t`, then by `n`, then by connector.
package struct EventCursor: Sendable, Hashable, Comparable, LosslessStringConvertible {
    let id: EventID

    /// The row id in table `connector`.
    let connector: Int64

    init(id: EventID, connector: Int64) {
        self.id = id
        self.connector = connector
    }

    /// Parses the text of a cursor.
    package init?(_ description: String) {
        let parts = description.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let t = Int(parts[0]), let n = Int(parts[1]), let connector = Int64(parts[2])
        else { return nil }
        self.init(id: EventID(t: t, n: n), connector: connector)
    }

    package var description: String { "\(id).\(connector)" }

    package static func < (left: Self, right: Self) -> Bool {
        left.id != right.id ? left.id < right.id : left.connector < right.connector
    }
}
