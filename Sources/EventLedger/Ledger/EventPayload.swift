// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents

/// The payload of an event, which only `latest` and the single event contain.
package struct EventPayload: Sendable, Hashable {
    package let id: EventID
    package let tunnelID: String?
    package let url: String?
    package let version: String?

    /// Whether the API no longer has the payload, so that it is not requested again.
    package let isUnavailable: Bool

    package init(id: EventID, tunnelID: String?, url: String?, version: String?) {
        self.id = id
        self.tunnelID = tunnelID
        self.url = url
        self.version = version
        isUnavailable = false
    }

    /// Creates the marker for a payload that the API no longer has.
    package init(unavailable id: EventID) {
        self.id = id
        tunnelID = nil
        url = nil
        version = nil
        isUnavailable = true
    }
}
