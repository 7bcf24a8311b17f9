// SPDX-License-Identifier: Apache-2.0

/// The inventory data of a connector, from discovery.
///
/// It contains no secrets.
package struct Connector: Sendable, Hashable, Codable {
    package var deviceID: String?
    package var serialNumber: String?
    package var deviceType: String?
    package var siteID: String?
    package var version: String?
    package var isActivated: Bool?
    package var isPrimary: Bool?

    /// The time of the last contact; `nil` before the first.
    package var lastHeartbeat: Timestamp?

    package init(
        deviceID: String? = nil,
        serialNumber: String? = nil,
        deviceType: String? = nil,
        siteID: String? = nil,
        version: String? = nil,
        isActivated: Bool? = nil,
        isPrimary: Bool? = nil,
        lastHeartbeat: Timestamp? = nil
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
