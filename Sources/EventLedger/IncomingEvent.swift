// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents

/// An event as the API shows it, before it has a name in the ledger.
package struct IncomingEvent: Sendable, Hashable {
    package let id: EventID

    /// As it came, whatever it is.
    package let kind: String

    /// In seconds since the Unix epoch; `nil` where only `latest` showed the event.
    package let collectedAt: Int?

    package init(id: EventID, kind: String, collectedAt: Int?) {
        self.id = id
        self.kind = kind
        self.collectedAt = collectedAt
    }
}
