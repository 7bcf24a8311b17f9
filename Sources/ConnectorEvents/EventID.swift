// SPDX-License-Identifier: Apache-2.0

/// What names an event within its connector, and orders it among the others.
///
/// Source: Cloudflare API, "Get Event": `/events/{event_t}.{event_n}`; `n` orders events with the same
/// timestamp.
package struct EventID: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// When the connector recorded it, in seconds since the Unix epoch.
    package let t: Int

    /// Its place among events with the same `t`.
    package let n: Int

    package init(t: Int, n: Int) {
        self.t = t
        self.n = n
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.t != right.t ? left.t < right.t : left.n < right.n
    }

    package var description: String { "\(t).\(n)" }
}
