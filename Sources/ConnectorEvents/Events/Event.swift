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

    /// Seconds from recording to collection; `nil` if the collection time is unknown.
    ///
    /// The delay is negative if the connector's clock is ahead of Cloudflare's.
    package var deliveryDelaySeconds: Double? {
        collectedAt.map { $0 - id.time }
    }
}
