// SPDX-License-Identifier: Apache-2.0

/// The identity of an event within its connector, which is also its position in the list.
struct EventPosition: Sendable, Hashable, Comparable {
    var t: Int
    var n: Int

    init(t: Int, n: Int) {
        self.t = t
        self.n = n
    }

    /// Parses `t.n`, the form in which paths name an event.
    init?(_ name: String) {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let t = Int(parts[0]), let n = Int(parts[1]) else { return nil }
        self.init(t: t, n: n)
    }

    static func < (left: Self, right: Self) -> Bool {
        left.t != right.t ? left.t < right.t : left.n < right.n
    }
}
