// SPDX-License-Identifier: Apache-2.0

import WireText

/// A decoded request target.
///
/// Source: RFC 9112, 3.2.
struct RequestTarget {
    /// The percent-decoded path.
    ///
    /// It begins with `/`.
    let path: String

    /// The query members, percent- and plus-decoded, in order.
    let query: [(name: String, value: String)]

    /// The authority of an absolute-form target, which replaces the Host field.
    let authority: String?

    /// Parses a target in origin-form, in absolute-form or, for `OPTIONS`, `*`.
    ///
    /// - Throws: 400, or 501 for `CONNECT`.
    init(parsing target: ArraySlice<UInt8>, method: String) throws(RequestError) {
        guard !target.isEmpty, target.allSatisfy(\.isVisible), !target.contains(UInt8(ascii: "#")) else {
            throw .malformed("Invalid request target.")
        }
        guard method != "CONNECT" else {
            throw RequestError(status: 501, message: "CONNECT not supported.")
        }
        if target.first == UInt8(ascii: "/") {
            authority = nil
            (path, query) = try Self.pathAndQuery(target)
        } else if target.elementsEqual("*".utf8), method == "OPTIONS" {
            (path, query, authority) = ("/", [], nil)
        } else {
            let (authority, rest) = try Self.absolute(target)
            self.authority = authority
            (path, query) = try Self.pathAndQuery(rest)
        }
    }

    /// Returns whether bytes are a host with an optional port, as in the Host field and in absolute-form.
    ///
    /// Source: RFC 3986, 3.2.2 and 3.2.3; RFC 9110, 7.2.
    static func isAuthority(_ bytes: some BidirectionalCollection<UInt8>) -> Bool {
        let allowed = "-._~!$&'()*+,;=%:[]".utf8
        let hasPort = bytes.lastIndex(of: UInt8(ascii: ":")).map { colon in
            bytes[bytes.index(after: colon)...].allSatisfy(\.isDigit) || bytes.last == UInt8(ascii: "]")
        }
        return hasPort != false
            && bytes.allSatisfy { byte in
                byte.isDigit || (0x61...0x7a).contains(byte.lowercased) || allowed.contains(byte)
            }
    }

    /// Splits `http://host:port/path` (RFC 9112, 3.2.2).
    private static func absolute(
        _ target: ArraySlice<UInt8>
    ) throws(RequestError) -> (authority: String, rest: ArraySlice<UInt8>) {
        for scheme in ["http://", "https://"]
        where target.prefix(scheme.utf8.count).map(\.lowercased) == Array(scheme.utf8) {
            let remainder = target.dropFirst(scheme.utf8.count)
            let end = remainder.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
            let authority = remainder[..<(end ?? remainder.endIndex)]
            guard !authority.isEmpty, isAuthority(authority) else { break }
            return (String(decoding: authority, as: UTF8.self), remainder[(end ?? remainder.endIndex)...])
        }
        throw .malformed("Invalid request target; use a path or an http URL.")
    }

    /// Decodes a path, which may be empty, and the query after the first `?`.
    private static func pathAndQuery(
        _ bytes: ArraySlice<UInt8>
    ) throws(RequestError) -> (String, [(name: String, value: String)]) {
        let mark = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        guard let path = PercentDecoding.decode(bytes[..<mark], plusIsSpace: false) else {
            throw .malformed("Invalid path; use percent-encoded UTF-8.")
        }
        var query: [(name: String, value: String)] = []
        for member in bytes[mark...].dropFirst().split(separator: UInt8(ascii: "&")) {
            let equals = member.firstIndex(of: UInt8(ascii: "=")) ?? member.endIndex
            guard let name = PercentDecoding.decode(member[..<equals], plusIsSpace: true),
                let value = PercentDecoding.decode(member[equals...].dropFirst(), plusIsSpace: true)
            else { throw .malformed("Invalid query; use percent-encoded UTF-8.") }
            query.append((name, value))
        }
        return (path.isEmpty ? "/" : path, query)
    }
}
