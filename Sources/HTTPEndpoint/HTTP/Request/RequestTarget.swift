// SPDX-License-Identifier: Apache-2.0

import WireText

/// What a request line asks for, decoded.
///
/// Source: RFC 9112, 3.2.
struct RequestTarget {
    /// Percent-decoded; begins with `/`.
    let path: String

    /// Percent- and plus-decoded, in order.
    let query: [(name: String, value: String)]

    /// The authority of an absolute-form target, which takes the place of the Host field.
    let authority: String?

    /// Reads a target in origin-form, in absolute-form, or, for `OPTIONS`, `*`.
    ///
    /// - Throws: 400, or 501 for `CONNECT`, which asks for a proxy.
    init(parsing target: ArraySlice<UInt8>, method: String) throws(RequestError) {
        guard !target.isEmpty, target.allSatisfy(\.isVisible), !target.contains(UInt8(ascii: "#")) else {
            throw .malformed("The request target is not one.")
        }
        guard method != "CONNECT" else {
            throw RequestError(status: 501, message: "This server is not a proxy.")
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

    /// Whether bytes are a host with an optional port, as the Host field and an absolute-form target name one.
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
        throw .malformed("The request target is neither a path nor an http URL.")
    }

    /// Decodes a path, which may be empty, and what follows the first `?`.
    private static func pathAndQuery(
        _ bytes: ArraySlice<UInt8>
    ) throws(RequestError) -> (String, [(name: String, value: String)]) {
        let mark = bytes.firstIndex(of: UInt8(ascii: "?")) ?? bytes.endIndex
        guard let path = PercentDecoding.decode(bytes[..<mark], plusIsSpace: false) else {
            throw .malformed("The path is not percent-encoded UTF-8.")
        }
        var query: [(name: String, value: String)] = []
        for member in bytes[mark...].dropFirst().split(separator: UInt8(ascii: "&")) {
            let equals = member.firstIndex(of: UInt8(ascii: "=")) ?? member.endIndex
            guard let name = PercentDecoding.decode(member[..<equals], plusIsSpace: true),
                let value = PercentDecoding.decode(member[equals...].dropFirst(), plusIsSpace: true)
            else { throw .malformed("The query is not percent-encoded UTF-8.") }
            query.append((name, value))
        }
        return (path.isEmpty ? "/" : path, query)
    }
}
