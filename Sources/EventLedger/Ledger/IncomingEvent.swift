// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents

/// An event as the API returned it.
package struct IncomingEvent: Sendable, Hashable {
    package let id: EventID

    /// The kind, not validated.
    package let kind: String

    /// The time at which Cloudflare collected the event; `nil` if the event comes from `latest`.
    package let collectedAt: Timestamp?

    package init(id: EventID, kind: String, collectedAt: Timestamp?) {
        self.id = id
        self.kind = kind
        self.collectedAt = collectedAt
    }
}
