// SPDX-License-Identifier: Apache-2.0

/// An event of the list, without its payload.
///
/// Source: Cloudflare API, "List Events", `items`: `{a, k, n, t}`.
package struct ListedEvent: Sendable, Hashable {
    /// When the event was recorded, in seconds since the Unix epoch (`t`).
    package let t: Int

    /// The sequence number, which is unique among events with the same `t` (`n`).
    package let n: Int

    /// The event's kind, as the API spells it; never empty (`k`).
    package let kind: String

    /// When Cloudflare received the event, in seconds since the Unix epoch; `nil` if it is missing (`a`).
    package let collectedAt: Int?

    /// Makes an event.
    package init(t: Int, n: Int, kind: String, collectedAt: Int?) {
        self.t = t
        self.n = n
        self.kind = kind
        self.collectedAt = collectedAt
    }
}

extension ListedEvent: Decodable {
    private enum Key: String, CodingKey { case a, k, n, t }

    /// Reads an event.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        t = try fields.integer(.t, in: WireNumber.seconds)
        n = try fields.integer(.n, in: WireNumber.sequence)
        kind = try fields.text(.k)
        // The collection time is not part of the event's identity, so an event without it is still counted.
        collectedAt = try? fields.integer(.a, in: WireNumber.seconds)
    }
}
