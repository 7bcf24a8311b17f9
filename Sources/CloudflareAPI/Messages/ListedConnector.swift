// SPDX-License-Identifier: Apache-2.0

/// A connector of an account's list.
///
/// `license_key` is a secret and is never decoded. All fields except `id` are optional, because older servers lack some.
///
/// Source: Cloudflare API, "List Connectors".
package struct ListedConnector: Sendable, Hashable {
    /// The connector's id in the paths of the other endpoints; never empty.
    package let id: String

    /// Whether the connector may carry traffic.
    package let activated: Bool?

    /// When Cloudflare received the last heartbeat, in seconds since the Unix epoch; `nil` before the first.
    package let lastHeartbeat: Double?

    /// The software version at the last heartbeat.
    package let lastSeenVersion: String?

    /// The id of the hardware or the virtual machine.
    package let deviceID: String?

    /// The serial number of the hardware.
    package let serialNumber: String?

    /// The type of device: `MANAGED` or `LICENSED` so far.
    package let deviceType: String?

    /// Makes a connector.
    package init(
        id: String,
        activated: Bool? = nil,
        lastHeartbeat: Double? = nil,
        lastSeenVersion: String? = nil,
        deviceID: String? = nil,
        serialNumber: String? = nil,
        deviceType: String? = nil
    ) {
        self.id = id
        self.activated = activated
        self.lastHeartbeat = lastHeartbeat
        self.lastSeenVersion = lastSeenVersion
        self.deviceID = deviceID
        self.serialNumber = serialNumber
        self.deviceType = deviceType
    }
}

extension ListedConnector: Decodable {
    private enum Key: String, CodingKey {
        case id, activated, device
        case lastHeartbeat = "last_heartbeat"
        case lastSeenVersion = "last_seen_version"
    }

    /// The maximum length of an id, in bytes; Cloudflare's have 32.
    private static let longestID = 256

    /// Reads the id, which becomes a path segment, a key and a label value.
    ///
    /// Control characters are rejected: some end a line, and NUL ends a text in SQLite, so that two ids could be equal.
    private static func id(in fields: KeyedDecodingContainer<Key>) throws -> String {
        let id = try fields.text(.id)
        guard id.utf8.count <= longestID, !id.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
            throw DecodingError.dataCorruptedError(
                forKey: .id,
                in: fields,
                debugDescription: "The id is too long or contains control characters."
            )
        }
        return id
    }

    private enum DeviceKey: String, CodingKey {
        case id, type
        case serialNumber = "serial_number"
    }

    /// Reads a connector.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        id = try Self.id(in: fields)
        activated = try? fields.decode(Bool.self, forKey: .activated)
        lastHeartbeat = (try? fields.decode(WireTime.self, forKey: .lastHeartbeat))?.seconds
        lastSeenVersion = fields.optionalText(.lastSeenVersion)
        let device = try? fields.nestedContainer(keyedBy: DeviceKey.self, forKey: .device)
        deviceID = device?.optionalText(.id)
        serialNumber = device?.optionalText(.serialNumber)
        deviceType = device?.optionalText(.type)
    }
}
