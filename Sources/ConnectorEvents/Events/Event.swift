// SPDX-License-Identifier: Apache-2.0

/// An event of a connector.
package struct Event: Sendable, Hashable {
    package let id: EventID
    package let kind: EventKind

    /// The time at which Cloudflare collected the event; `nil` if only `latest` has returned it.
    package let collectedAt: Timestamp?

    /// The tunnel of a rekey; `nil` for other kinds, and until the payload was fetched.
    package var tunnelID: String?

    package init(id: EventID, kind: EventKind, collectedAt: Timestamp? = nil, tunnelID: String? = nil) {
        self.id = id
        self.kind = kind
        self.collectedAt = collectedAt
        self.tunnelID = tunnelID
    }

    /// Seconds from recording to collection, at least 0; `nil` if the collection time is unknown.
    ///
    /// The connector's clock may be ahead of Cloudflare's, so the difference can be negative.
    package var deliveryDelaySeconds: Double? {
        collectedAt.map { max(0, $0 - id.time) }
    }
}
