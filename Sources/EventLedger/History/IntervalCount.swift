// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents

/// The number of events of one kind in one interval.
package struct IntervalCount: Sendable, Hashable {
    /// The number of the interval; 0 for the first one.
    package let interval: Int
    package let kind: EventKind
    package let count: Int

    package init(interval: Int, kind: EventKind, count: Int) {
        self.interval = interval
        self.kind = kind
        self.count = count
    }
}
