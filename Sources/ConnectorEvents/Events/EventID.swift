// SPDX-License-Identifier: Apache-2.0

/// The identity of an event within its connector.
///
/// Identities define the order of events.
///
/// Source: Cloudflare API, "Get Event": `/events/{event_t}.{event_n}`; `n` orders events with the same
/// timestamp.
package struct EventID: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// Cloudflare's `t`: the time at which the connector recorded the event, in whole seconds.
    package let t: Int

    /// Cloudflare's `n`: the position among events with the same `t`.
    package let n: Int

    package init(t: Int, n: Int) {
        self.t = t
        self.n = n
    }

    /// The time at which the connector recorded the event.
    package var time: Timestamp { Timestamp(t) }

    package static func < (left: Self, right: Self) -> Bool {
        left.t != right.t ? left.t < right.t : left.n < right.n
    }

    package var description: String { "\(t).\(n)" }
}
