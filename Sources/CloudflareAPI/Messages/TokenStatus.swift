// SPDX-License-Identifier: Apache-2.0

/// The status of an API token.
///
/// Source: Cloudflare API, "Verify Token".
package struct TokenStatus: Sendable, Hashable, Decodable {
    /// When the token expires, in seconds since the Unix epoch; `nil` if it does not expire.
    package let expiresOn: Double?

    private enum Key: String, CodingKey {
        case expiresOn = "expires_on"
    }

    /// Reads the status.
    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        expiresOn = (try? fields.decode(WireTime.self, forKey: .expiresOn))?.seconds
    }
}
