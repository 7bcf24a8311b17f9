// SPDX-License-Identifier: Apache-2.0

/// A connector of an account's inventory.
///
/// `license_key` is a secret, and is never decoded. All but `id` may be absent: older servers lack some of it.
///
/// Source: Cloudflare API, "List Connectors".
package struct ListedConnector: Sendable, Hashable {
    /// Names the connector in every other question; never empty.
    package let id: String

    /// Whether it may carry traffic.
    package let activated: Bool?

    /// Whether it is the primary one of its site.
    package let primary: Bool?

    /// When Cloudflare last heard of it, in seconds since the Unix epoch; `nil` until it has.
    package let lastHeartbeat: Double?

    /// The version that it then ran.
    package let lastSeenVersion: String?

    /// The hardware or virtual machine that it is.
    package let deviceID: String?

    /// The number on that hardware.
    package let serialNumber: String?

    /// `MANAGED` or `LICENSED`, so far.
    package let deviceType: String?

    /// The site that it belongs to.
    package let siteID: String?

    /// Makes a connector as the API would list it.
    package init(
        id: String,
        activated: Bool? = nil,
        primary: Bool? = nil,
        lastHeartbeat: Double? = nil,
        lastSeenVersion: String? = nil,
        deviceID: String? = nil,
        serialNumber: String? = nil,
        deviceType: String? = nil,
        siteID: String? = nil
    ) {
        self.id = id
        self.activated = activated
        self.primary = primary
        self.lastHeartbeat = lastHeartbeat
        self.lastSeenVersion = lastSeenVersion
        self.deviceID = deviceID
        self.serialNumber = serialNumber
        self.deviceType = deviceType
        self.siteID = siteID
    }
}

extension ListedConnector: Decodable {
    private enum Key: String, CodingKey {
        case id, activated, primary, device
        case lastHeartbeat = "last_heartbeat"
        case lastSeenVersion = "last_seen_version"
        case siteID = "site_id"
    }

    /// The longest id that is believed, in bytes; Cloudflare's have 32.
    private static let longestID = 256

    /// Reads the id, which becomes a segment of paths, a key and a label.
    ///
    /// A control character ends a line, or, as NUL does in SQLite, the text itself: two connectors would be one.
    private static func id(in fields: KeyedDecodingContainer<Key>) throws -> String {
        let id = try fields.text(.id)
        guard id.utf8.count <= longestID, !id.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .id,
                in: fields,
                debugDescription: "This is not an id."
            )
        }
        return id
    }

    private enum DeviceKey: String, CodingKey {
        case id, type
        case serialNumber = "serial_number"
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        id = try Self.id(in: fields)
        activated = try? fields.decode(Bool.self, forKey: .activated)
        primary = try? fields.decode(Bool.self, forKey: .primary)
        lastHeartbeat = (try? fields.decode(WireTime.self, forKey: .lastHeartbeat))?.seconds
        lastSeenVersion = fields.optionalText(.lastSeenVersion)
        siteID = fields.optionalText(.siteID)
        let device = try? fields.nestedContainer(keyedBy: DeviceKey.self, forKey: .device)
        deviceID = device?.optionalText(.id)
        serialNumber = device?.optionalText(.serialNumber)
        deviceType = device?.optionalText(.type)
    }
}
