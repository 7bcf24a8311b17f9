// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import WireText

/// The bodies of control requests.
enum ControlBody {
    /// The body of `POST /control/events`: one object, or an array of objects.
    struct Injection: Decodable {
        var account: String?
        var connector: String?
        var index: Int?
        var kind: String
        var t: Int?
        var n: Int?
        var a: Int?
        var tunnel_id: String?
        var url: String?
    }

    /// The body of `POST /control/tokens`.
    struct Tokens: Decodable {
        var add: [Token]?
        var revoke: [String]?
    }

    /// A token: only its text, or an object.
    struct Token: Decodable {
        let token: AccessToken

        private enum Keys: String, CodingKey {
            case token, read, accounts, expiry, owner
        }

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                token = AccessToken(text)
            } else {
                let values = try decoder.container(keyedBy: Keys.self)
                token = AccessToken(
                    try values.decode(String.self, forKey: .token),
                    mayRead: try values.decodeIfPresent(Bool.self, forKey: .read) ?? true,
                    accounts: try values.decodeIfPresent([String].self, forKey: .accounts),
                    expiry: try values.decodeIfPresent(Int.self, forKey: .expiry),
                    owner: try values.decodeIfPresent(String.self, forKey: .owner)
                )
            }
        }
    }

    /// The body of `POST /control/connectors`.
    struct Connectors: Decodable {
        var remove: String?
        var restore: String?
        var deactivate: String?
        var activate: String?
        var power_off: String?
        var power_on: String?
        /// The seconds since the connector named by `power_off` lost its power.
        var ago: Double?
    }

    /// The body of `POST /control/snapshots`: one object, or an array of objects.
    struct BoxChanges: Decodable {
        var connector: String
        /// The index or the identifier of a tunnel, whose health is set.
        var tunnel: Scalar?
        var health: String?
        /// The name of a port, whose carrier is set.
        var interface: String?
        var carrier: Bool?
        var disk_used: Double?
        var temperature: Double?
        var ha_state: String?
        var silent: Bool?
        var reboot: Bool?
        var failover: Bool?
        /// Whether all settings end.
        var reset: Bool?
        /// Whether all snapshots so far are removed, as if the box had never reported.
        var forget: Bool?
    }

    /// The body of `POST /control/life`.
    struct Pause: Decodable {
        var paused: Bool
    }

    /// A string or number of a fault's object, as text.
    struct Scalar: Decodable {
        let text: String

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let number = try? value.decode(Int.self) {
                text = String(number)
            } else if let number = try? value.decode(Double.self) {
                text = String(number)
            } else {
                text = try value.decode(String.self)
            }
        }
    }

    /// Decodes a body.
    ///
    /// - Throws: an error with a valid example.
    static func decode<Body: Decodable>(
        _ type: Body.Type,
        _ bytes: [UInt8],
        like example: String
    ) throws(ControlError) -> Body {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw ControlError(400, "the body is invalid (\(error)); use JSON like \(example)")
        }
    }

    /// Decodes one object, or an array of objects.
    static func decodeList<Body: Decodable>(
        _ type: Body.Type,
        _ bytes: [UInt8],
        like example: String
    ) throws(ControlError) -> (values: [Body], isArray: Bool) {
        if bytes.first(where: { !($0.isBlank || $0 == .lineFeed || $0 == .carriageReturn) })
            == UInt8(ascii: "[")
        {
            return (try decode([Body].self, bytes, like: example), true)
        }
        return ([try decode(type, bytes, like: example)], false)
    }
}
