// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The bodies of control requests.
enum ControlBody {
    /// The body of `POST /control/events`: one object, or an array of them.
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

    /// A token: its text alone, or an object.
    struct Token: Decodable {
        let token: AccessToken

        private enum Keys: String, CodingKey {
            case token, read, accounts
        }

        init(from decoder: any Decoder) throws {
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                token = AccessToken(text)
            } else {
                let values = try decoder.container(keyedBy: Keys.self)
                token = AccessToken(
                    try values.decode(String.self, forKey: .token),
                    mayRead: try values.decodeIfPresent(Bool.self, forKey: .read) ?? true,
                    accounts: try values.decodeIfPresent([String].self, forKey: .accounts)
                )
            }
        }
    }

    /// The body of `POST /control/connectors`.
    struct Connectors: Decodable {
        var remove: String?
        var restore: String?
    }

    /// The body of `POST /control/life`.
    struct Pause: Decodable {
        var paused: Bool
    }

    /// A value of a fault's object, whatever its type, as text.
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

    /// Reads a body.
    ///
    /// - Throws: a sentence that says what to send.
    static func decode<Body: Decodable>(
        _ type: Body.Type,
        _ bytes: [UInt8],
        like example: String
    ) throws(ControlRefusal) -> Body {
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw ControlRefusal(400, "the body cannot be read (\(error)); send JSON like \(example)")
        }
    }

    /// Reads one object or an array of them.
    static func decodeSome<Body: Decodable>(
        _ type: Body.Type,
        _ bytes: [UInt8],
        like example: String
    ) throws(ControlRefusal) -> (values: [Body], isArray: Bool) {
        if bytes.first(where: { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }) == UInt8(ascii: "[") {
            return (try decode([Body].self, bytes, like: example), true)
        }
        return ([try decode(type, bytes, like: example)], false)
    }
}
