// SPDX-License-Identifier: Apache-2.0

import WireText

/// The end of a request's body.
///
/// Anything that two recipients could read differently is rejected, because request smuggling depends on that.
///
/// Source: RFC 9112, 6.
enum BodyFraming: Hashable {
    case none
    /// A body of this many bytes, at least one.
    case sized(Int)
    case chunked

    /// Reads the header fields that frame the body.
    ///
    /// - Throws: 400 for ambiguous framing, 501 for a transfer coding other than chunked.
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
        guard version == .http11 else { throw .malformed("Transfer-Encoding requires HTTP/1.1.") }
        let members = codings.flatMap(\.listMembers).map { $0.lowercased() }
        guard members.allSatisfy({ $0 == "chunked" }) else {
            throw RequestError(status: 501, message: "Transfer coding not supported; use chunked.")
        }
        guard members.count == 1 else { throw .malformed("Duplicate or empty Transfer-Encoding.") }
        self = .chunked
    }

    /// Returns the length that all values agree on; 0 without values.
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
                // A number that overflows is larger than any limit.
                let length = Int(String(decoding: digits, as: UTF8.self)) ?? .max
                guard agreed == nil || agreed == length else {
                    throw .malformed("Conflicting Content-Length values.")
                }
                agreed = length
            }
        }
        return agreed ?? 0
    }
}
