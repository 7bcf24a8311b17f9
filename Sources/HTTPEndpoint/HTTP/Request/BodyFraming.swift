// SPDX-License-Identifier: Apache-2.0

import WireText

/// Where a request's body ends.
///
/// Everything that two recipients could understand in two ways is refused, since that is how one request is
/// smuggled behind another.
///
/// Source: RFC 9112, 6.
enum BodyFraming: Hashable {
    /// There is no body.
    case none
    /// It has this many bytes, at least one.
    case sized(Int)
    /// It comes in chunks.
    case chunked

    /// Reads the fields that frame the body.
    ///
    /// - Throws: 400 for what is ambiguous, 501 for a transfer coding other than chunked.
    init(_ headers: Headers, version: HTTPVersion) throws(RequestError) {
        let codings = headers.all("transfer-encoding")
        let lengths = headers.all("content-length")
        guard !codings.isEmpty else {
            let length = try Self.length(lengths)
            self = length == 0 ? .none : .sized(length)
            return
        }
        guard lengths.isEmpty else {
            throw .malformed("Content-Length and Transfer-Encoding exclude each other.")
        }
        guard version == .http11 else { throw .malformed("HTTP/1.0 has no Transfer-Encoding.") }
        let members = codings.flatMap(\.listMembers).map { $0.lowercased() }
        guard members.allSatisfy({ $0 == "chunked" }) else {
            throw RequestError(status: 501, message: "The only transfer coding known here is chunked.")
        }
        guard members.count == 1 else { throw .malformed("Transfer-Encoding must name chunked once.") }
        self = .chunked
    }

    /// The one length that all values agree on; 0 where there is none.
    private static func length(_ values: [String]) throws(RequestError) -> Int {
        var agreed: Int?
        for value in values {
            for member in Array(value.utf8).split(
                separator: UInt8(ascii: ","),
                omittingEmptySubsequences: false
            ) {
                let digits = member.trimmed
                guard !digits.isEmpty, digits.allSatisfy(\.isDigit) else {
                    throw .malformed("Content-Length is not a number.")
                }
                // What does not fit is larger than any limit.
                let length = Int(String(decoding: digits, as: UTF8.self)) ?? .max
                guard agreed == nil || agreed == length else {
                    throw .malformed("There is more than one Content-Length.")
                }
                agreed = length
            }
        }
        return agreed ?? 0
    }
}
