// SPDX-License-Identifier: Apache-2.0

/// The site that a connector serves, from the list of sites.
package struct ConnectorSite: Sendable, Hashable, Codable {
    /// The role of a connector in its site.
    ///
    /// The raw value is the label value.
    package enum Role: String, Sendable, Hashable, Codable {
        case primary
        case secondary
    }

    /// The place of a site, in degrees.
    package struct Location: Sendable, Hashable, Codable {
        /// In -90...90.
        package let latitude: Double

        /// In -180...180.
        package let longitude: Double

        package init(latitude: Double, longitude: Double) {
            self.latitude = latitude
            self.longitude = longitude
        }
    }

    package let id: String
    package let name: String?
    package let role: Role

    /// Whether the site is in high-availability mode, with a secondary connector.
    package let isHighAvailability: Bool

    /// The place; `nil` if the site has none.
    package let location: Location?

    package init(
        id: String,
        name: String? = nil,
        role: Role,
        isHighAvailability: Bool = false,
        location: Location? = nil
    ) {
        self.id = id
        self.name = name
        self.role = role
        self.isHighAvailability = isHighAvailability
        self.location = location
    }
}
