// SPDX-License-Identifier: Apache-2.0

import WireText

/// A request line and the field lines after it.
struct RequestHead {
    /// As it was sent.
    let method: String
    /// Decoded.
    let target: RequestTarget
    /// What the client speaks.
    let version: HTTPVersion
    /// The lines so far.
    private(set) var headers = Headers()

    /// Reads a request line.
    ///
    /// - Parameters:
    ///   - line: without its end.
    ///   - limit: the longest target.
    /// - Throws: 400, 414, 501 or 505.
    ///
    /// Source: RFC 9112, 3.
    init(parsing line: ArraySlice<UInt8>, targetLimit limit: Int) throws(RequestError) {
        let parts = line.split(separator: .space, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(\.isTokenCharacter) else {
            throw .malformed("The first line is not a request line.")
        }
        guard parts[1].count <= limit else { throw .targetTooLong }
        method = String(decoding: parts[0], as: UTF8.self)
        version = try Self.version(parts[2])
        target = try RequestTarget(parsing: parts[1], method: method)
    }

    /// Reads one field line.
    ///
    /// - Throws: 400.
    ///
    /// Source: RFC 9112, 5.
    mutating func append(_ line: ArraySlice<UInt8>) throws(RequestError) {
        let (name, value) = try Self.field(line)
        headers.append(name: name, value: value)
    }

    /// Checks what holds only for the whole head, and puts an absolute target's authority in Host's place.
    ///
    /// - Throws: 400.
    ///
    /// Source: RFC 9112, 3.2: "a server MUST respond with a 400 … to any HTTP/1.1 request message that lacks a Host
    /// header field and to any request message that contains more than one".
    mutating func complete() throws(RequestError) {
        let hosts = headers.all("host")
        guard hosts.count <= 1, hosts.count == 1 || version == .http10 else {
            throw .malformed("There must be one Host field.")
        }
        guard hosts.allSatisfy({ RequestTarget.isAuthority($0.utf8) }) else {
            throw .malformed("The Host field is not a host.")
        }
        if let authority = target.authority { headers.replace("host", with: authority) }
    }

    /// Reads `Expect`, which an HTTP/1.0 client does not have.
    ///
    /// - Returns: whether the client waits for 100 (Continue) before it sends the body.
    /// - Throws: 417.
    ///
    /// Source: RFC 9110, 10.1.1.
    func expectsContinue() throws(RequestError) -> Bool {
        let expectations = headers.all("expect").flatMap(\.listMembers)
        guard version == .http11, !expectations.isEmpty else { return false }
        guard expectations.allSatisfy({ $0.lowercased() == "100-continue" }) else {
            throw RequestError(status: 417, message: "The only expectation known here is 100-continue.")
        }
        return true
    }

    /// Splits a field line into its name, in lower case, and its value.
    ///
    /// - Throws: 400 for a name that is none, white space before the colon, a line that continues the one before it,
    ///   and a control character.
    static func field(_ line: ArraySlice<UInt8>) throws(RequestError) -> (name: String, value: String) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            throw .malformed("A header line has no colon.")
        }
        let name = line[..<colon]
        guard !name.isEmpty, name.allSatisfy(\.isTokenCharacter) else {
            throw .malformed("A header line does not begin with a name.")
        }
        let value = line[(colon + 1)...].trimmed
        guard value.allSatisfy(\.isFieldValueCharacter) else {
            throw .malformed("A header value holds a control character.")
        }
        return (
            String(decoding: name.map(\.lowercased), as: UTF8.self), String(decoding: value, as: UTF8.self)
        )
    }

    /// Reads `HTTP/1.1` and its like (RFC 9112, 2.3).
    private static func version(_ text: ArraySlice<UInt8>) throws(RequestError) -> HTTPVersion {
        let digits = Array(text.dropFirst(5))
        guard text.starts(with: "HTTP/".utf8), digits.count == 3, digits[0].isDigit, digits[2].isDigit,
            digits[1] == UInt8(ascii: ".")
        else { throw .malformed("The first line does not end in an HTTP version.") }
        guard digits[0] == UInt8(ascii: "1") else {
            throw RequestError(status: 505, message: "The only major version known here is HTTP/1.")
        }
        return digits[2] == UInt8(ascii: "0") ? .http10 : .http11
    }
}
