// SPDX-License-Identifier: Apache-2.0

/// One thing that happened on a connector, as far as it is known.
package struct Event: Sendable, Hashable {
    package let id: EventID
    package let kind: EventKind

    /// When Cloudflare collected it, in seconds since the Unix epoch; `nil` where only `latest` showed it.
    package let collectedAt: Int?

    /// The tunnel of a rekey; `nil` for other kinds, and for as long as the payload is not known.
    package var tunnelID: String?

    package init(id: EventID, kind: EventKind, collectedAt: Int? = nil, tunnelID: String? = nil) {
        self.id = id
        self.kind = kind
        self.collectedAt = collectedAt
        self.tunnelID = tunnelID
    }

    /// Seconds from record to collection, never below 0; `nil` where the collection is not known.
    ///
    /// The two times come from two clocks, so a small negative difference says only that they disagree.
    package var deliveryDelaySeconds: Int? {
        collectedAt.map { max(0, $0.subtractingReportingOverflow(id.t).partialValue) }
    }
}
