// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// A user's name and password, as the client sent them.
///
/// They are bytes: two texts that look alike to Unicode are not the same password.
///
/// Source: RFC 7617.
struct BasicCredentials: Hashable {
    let user: [UInt8]

    /// May hold colons, which a user's name cannot; never a NUL.
    let password: [UInt8]

    /// Reads the one `Authorization` field of a request.
    ///
    /// - Returns: `nil` where there is none, more than one (so that nobody on the way can mean another one than we do),
    ///   another scheme, base 64 that is not exactly that (RFC 4648, 4), no colon, or a NUL in the password, at which
    ///   libcrypt would stop reading.
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
