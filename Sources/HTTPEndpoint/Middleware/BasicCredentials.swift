// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The user name and the password of a request.
///
/// Both are bytes, because canonically equivalent Unicode strings are different passwords.
///
/// Source: RFC 7617.
struct BasicCredentials: Hashable {
    let user: [UInt8]

    /// The password.
    ///
    /// It may contain colons, unlike the user name, but no NUL.
    let password: [UInt8]

    /// Parses the `Authorization` field of a request.
    ///
    /// - Returns: `nil` if the field is missing or malformed, or has another scheme. Malformed are base 64 that is not
    ///   canonical (RFC 4648, 4), a missing colon, and a NUL in the password, at which libcrypt would stop. Several
    ///   fields are rejected, because a proxy could use another one.
    init?(_ headers: Headers) {
        let values = headers.all("authorization")
        guard values.count == 1, let value = values.first else { return nil }
        let words = value.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard words.count == 2, words[0].lowercased() == "basic" else { return nil }
        let token = words[1].drop { $0 == " " }
        guard let decoded = Data(base64Encoded: String(token)), decoded.base64EncodedString() == token else {
            return nil
        }
        guard let colon = decoded.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        user = Array(decoded[..<colon])
        password = Array(decoded[decoded.index(after: colon)...])
        guard !password.contains(0) else { return nil }
    }
}
