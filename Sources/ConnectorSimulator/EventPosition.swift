// SPDX-License-Identifier: Apache-2.0

/// The identity of an event within its connector, and its place in their order.
struct EventPosition: Sendable, Hashable, Comparable {
    var t: Int
    var n: Int

    /// Before every event.
    static let start = EventPosition(t: .min, n: .min)
    /// After every event.
    static let end = EventPosition(t: .max, n: .max)

    static func < (left: Self, right: Self) -> Bool {
        left.t != right.t ? left.t < right.t : left.n < right.n
    }
}
