// SPDX-License-Identifier: Apache-2.0

/// The inventory data of a connector, from discovery.
///
/// It contains no secrets.
package struct Connector: Sendable, Hashable, Codable {
    package var deviceID: String?
    package var serialNumber: String?
    package var deviceType: String?
    package var version: String?
    package var isActivated: Bool?

    /// The time of the last contact; `nil` before the first.
    package var lastHeartbeat: Timestamp?

    /// The site; `nil` if the connector belongs to no site, or the sites could not be listed yet.
    package var site: ConnectorSite?

    package init(
        deviceID: String? = nil,
        serialNumber: String? = nil,
        deviceType: String? = nil,
        version: String? = nil,
        isActivated: Bool? = nil,
        lastHeartbeat: Timestamp? = nil,
        site: ConnectorSite? = nil
    ) {
        self.deviceID = deviceID
        self.serialNumber = serialNumber
        self.deviceType = deviceType
        self.version = version
        self.isActivated = isActivated
        self.lastHeartbeat = lastHeartbeat
        self.site = site
    }
}
