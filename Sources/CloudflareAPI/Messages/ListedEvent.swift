// SPDX-License-Identifier: Apache-2.0

/// An event as the list has it: without its payload.
///
/// Source: Cloudflare API, "List Events", `items`: `{a, k, n, t}`.
package struct ListedEvent: Sendable, Hashable {
    /// When it was recorded, in seconds since the Unix epoch (`t`).
    package let t: Int

    /// Orders events with the same `t`, and with it names one (`n`).
    package let n: Int

    /// What has happened, as the API spells it; never empty (`k`).
    package let kind: String

    /// When Cloudflare received it, in seconds since the Unix epoch (`a`); `nil` where it does not say.
    package let collectedAt: Int?

    /// Makes an event as the API would list it.
    package init(t: Int, n: Int, kind: String, collectedAt: Int?) {
        self.t = t
        self.n = n
        self.kind = kind
        self.collectedAt = collectedAt
    }
}

extension ListedEvent: Decodable {
    private enum Key: String, CodingKey { case a, k, n, t }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        t = try fields.integer(.t, in: WireNumber.seconds)
        n = try fields.integer(.n, in: WireNumber.sequence)
        kind = try fields.text(.k)
        // It tells how late an event came, and not which one it is: no reason to lose it.
        collectedAt = try? fields.integer(.a, in: WireNumber.seconds)
    }
}
