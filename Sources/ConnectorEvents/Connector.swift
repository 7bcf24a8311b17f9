// SPDX-License-Identifier: Apache-2.0

/// What discovery tells of a connector: names and facts for people, none of them a secret.
package struct Connector: Sendable, Hashable, Codable {
    package var deviceID: String?
    package var serialNumber: String?
    package var deviceType: String?
    package var siteID: String?
    package var version: String?
    package var isActivated: Bool?
    package var isPrimary: Bool?

    /// In seconds since the Unix epoch; `nil` until the first contact.
    package var lastHeartbeat: Double?

    package init(
        deviceID: String? = nil,
        serialNumber: String? = nil,
        deviceType: String? = nil,
        siteID: String? = nil,
        version: String? = nil,
        isActivated: Bool? = nil,
        isPrimary: Bool? = nil,
        lastHeartbeat: Double? = nil
    ) {
        self.deviceID = deviceID
        self.serialNumber = serialNumber
        self.deviceType = deviceType
        self.siteID = siteID
        self.version = version
        self.isActivated = isActivated
        self.isPrimary = isPrimary
        self.lastHeartbeat = lastHeartbeat
    }
}
