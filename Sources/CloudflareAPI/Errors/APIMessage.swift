// SPDX-License-Identifier: Apache-2.0

/// A code and a message of the API.
///
/// Source: Cloudflare API, the members of `errors`. The documented minimum of a code is 1000, but 971 occurs.
package struct APIMessage: Sendable, Hashable, CustomStringConvertible {
    /// The maximum number of messages kept from one response.
    static let limit = 8

    /// The code, or 0 if it is missing.
    package let code: Int

    /// The message, printable and of a bounded length; empty if it is missing.
    package let message: String

    /// Makes a message.
    ///
    /// - Parameters:
    ///   - code: Any number.
    ///   - message: Any text. It is cut, and its control characters are removed.
    package init(code: Int, message: String) {
        self.code = code
        self.message = message.printable()
    }

    /// The code and the message.
    package var description: String { message.isEmpty ? "\(code)" : "\(code) \(message)" }
}

extension APIMessage: Decodable {
    private enum Key: String, CodingKey { case code, message }

    /// Reads a member of `errors`.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        let code = try? fields.decode(Int.self, forKey: .code)
        let message = try? fields.decode(String.self, forKey: .message)
        guard code != nil || message != nil else {
            throw DecodingError.dataCorruptedError(
                forKey: .code,
                in: fields,
                debugDescription: "The code and the message are missing."
            )
        }
        self.init(code: code ?? 0, message: message ?? "")
    }
}
