// SPDX-License-Identifier: Apache-2.0

/// What the API says beside its answer: a number and a sentence.
///
/// Source: Cloudflare API, the members of `errors`. The documented minimum of a code is 1000, but 971 occurs.
package struct APIMessage: Sendable, Hashable, CustomStringConvertible {
    /// The most of them that are kept of one answer.
    static let limit = 8

    /// 0 where the API gives none.
    package let code: Int

    /// Printable and of a bounded length; empty where the API gives none.
    package let message: String

    /// Takes what the API says.
    ///
    /// - Parameters:
    ///   - code: whatever number it gives.
    ///   - message: is cut, and loses its control characters.
    package init(code: Int, message: String) {
        self.code = code
        self.message = message.printable()
    }

    package var description: String { message.isEmpty ? "\(code)" : "\(code) \(message)" }
}

extension APIMessage: Decodable {
    private enum Key: String, CodingKey { case code, message }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        let code = try? fields.decode(Int.self, forKey: .code)
        let message = try? fields.decode(String.self, forKey: .message)
        guard code != nil || message != nil else {
            throw DecodingError.dataCorruptedError(
                forKey: .code,
                in: fields,
                debugDescription: "No code, no message."
            )
        }
        self.init(code: code ?? 0, message: message ?? "")
    }
}
