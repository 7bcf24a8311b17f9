// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents

/// What only the single event tells: fetched once, kept for as long as the event is.
package struct EventPayload: Sendable, Hashable {
    package let id: EventID
    package let tunnelID: String?
    package let url: String?
    package let version: String?

    /// Whether the API no longer has it, so that it need not be asked for again.
    package let isUnavailable: Bool

    package init(id: EventID, tunnelID: String?, url: String?, version: String?) {
        self.id = id
        self.tunnelID = tunnelID
        self.url = url
        self.version = version
        isUnavailable = false
    }

    /// A payload that cannot be had any more.
    package init(unavailable id: EventID) {
        self.id = id
        tunnelID = nil
        url = nil
        version = nil
        isUnavailable = true
    }
}
