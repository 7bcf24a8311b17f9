// SPDX-License-Identifier: Apache-2.0

/// A site of an account's list.
///
/// All fields except `id` are optional, like those of connectors.
///
/// Source: Cloudflare API, "List Sites".
package struct ListedSite: Sendable, Hashable {
    /// The site's id; never empty.
    package let id: String

    /// The name that people gave the site.
    package let name: String?

    /// The id of the primary connector.
    package let connectorID: String?

    /// The id of the secondary connector of a site in high-availability mode.
    package let secondaryConnectorID: String?

    /// Whether the site is in high-availability mode.
    package let haMode: Bool?

    /// The latitude in degrees, in -90...90.
    package let latitude: Double?

    /// The longitude in degrees, in -180...180.
    package let longitude: Double?
}

extension ListedSite: Decodable {
    private enum Key: String, CodingKey {
        case id, name, location
        case connectorID = "connector_id"
        case secondaryConnectorID = "secondary_connector_id"
        case haMode = "ha_mode"
    }

    private enum LocationKey: String, CodingKey { case lat, lon }

    /// Reads a site.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        id = try fields.text(.id)
        name = fields.optionalText(.name)
        connectorID = fields.optionalText(.connectorID)
        secondaryConnectorID = fields.optionalText(.secondaryConnectorID)
        haMode = try? fields.decode(Bool.self, forKey: .haMode)
        let location = try? fields.nestedContainer(keyedBy: LocationKey.self, forKey: .location)
        latitude = location?.degrees(.lat, within: 90)
        longitude = location?.degrees(.lon, within: 180)
    }
}

extension KeyedDecodingContainer {
    /// Reads an angle, which the API sends as text; `nil` if it is missing, malformed or out of range.
    fileprivate func degrees(_ key: Key, within limit: Double) -> Double? {
        let number = optionalText(key).map { Double($0) } ?? (try? decode(Double.self, forKey: key))
        guard let number, abs(number) <= limit else { return nil }
        return number
    }
}
