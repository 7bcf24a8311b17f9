// SPDX-License-Identifier: Apache-2.0

import WireText

/// A request line and the field lines after it.
struct RequestHead {
    /// The method as the client sent it.
    let method: String
    let target: RequestTarget
    let version: HTTPVersion
    /// The field lines so far.
    private(set) var headers = Headers()

    /// Parses a request line.
    ///
    /// - Parameters:
    ///   - line: without its line end.
    ///   - targetLimit: the maximum length of the target in bytes.
    /// - Throws: 400, 414, 501 or 505.
    ///
    /// Source: RFC 9112, 3.
    init(parsing line: ArraySlice<UInt8>, targetLimit: Int) throws(RequestError) {
        let parts = line.split(separator: .space, maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[0].isEmpty, parts[0].allSatisfy(\.isTokenCharacter) else {
            throw .invalidRequestLine
        }
        guard parts[1].count <= targetLimit else { throw .targetTooLong }
        method = String(decoding: parts[0], as: UTF8.self)
        version = try Self.version(parts[2])
        target = try RequestTarget(parsing: parts[1], method: method)
    }

    /// Parses and appends a field line.
    ///
    /// - Throws: 400.
    ///
    /// Source: RFC 9112, 5.
    mutating func append(_ line: ArraySlice<UInt8>) throws(RequestError) {
        let (name, value) = try Self.parseField(line)
        headers.append(name: name, value: value)
    }

    /// Validates the complete head, and replaces the Host field by the authority of an absolute-form target.
    ///
    /// - Throws: 400.
    ///
    /// Source: RFC 9112, 3.2: "a server MUST respond with a 400 … to any HTTP/1.1 request message that lacks a Host
    /// header field and to any request message that contains more than one".
    mutating func complete() throws(RequestError) {
        let hosts = headers.all("host")
        guard hosts.count <= 1, hosts.count == 1 || version == .http10 else {
            throw .malformed("Missing or duplicate Host field.")
        }
        guard hosts.allSatisfy({ RequestTarget.isAuthority($0.utf8) }) else {
            throw .malformed("Invalid Host field.")
        }
        if let authority = target.authority { headers.replace("host", with: authority) }
    }

    /// Returns whether the client waits for 100 (Continue) before it sends the body.
    ///
    /// - Throws: 417 for another expectation.
    ///
    /// Source: RFC 9110, 10.1.1: a server ignores the field of an HTTP/1.0 request.
    func expectsContinue() throws(RequestError) -> Bool {
        let expectations = headers.all("expect").flatMap(\.listMembers)
        guard version == .http11, !expectations.isEmpty else { return false }
        guard expectations.allSatisfy({ $0.lowercased() == "100-continue" }) else {
            throw RequestError(status: 417, message: "Expectation not supported; use 100-continue.")
        }
        return true
    }

    /// Splits a field line into its name, in lower case, and its value.
    ///
    /// - Throws: 400 for an invalid name, white space before the colon, line folding or a control character.
    static func parseField(_ line: ArraySlice<UInt8>) throws(RequestError) -> (name: String, value: String) {
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
            throw .malformed("Header field without a colon.")
        }
        let name = line[..<colon]
        guard !name.isEmpty, name.allSatisfy(\.isTokenCharacter) else {
            throw .malformed("Invalid header field name.")
        }
        let value = line[(colon + 1)...].trimmed
        guard value.allSatisfy(\.isFieldValueCharacter) else {
            throw .malformed("Control character in a header field value.")
        }
        return (
            String(decoding: name.map(\.lowercased), as: UTF8.self), String(decoding: value, as: UTF8.self)
        )
    }

    /// Parses `HTTP/1.1` and other versions (RFC 9112, 2.3).
    private static func version(_ text: ArraySlice<UInt8>) throws(RequestError) -> HTTPVersion {
        let digits = Array(text.dropFirst(5))
        guard text.starts(with: "HTTP/".utf8), digits.count == 3, digits[0].isDigit, digits[2].isDigit,
            digits[1] == UInt8(ascii: ".")
        else { throw .malformed("Invalid HTTP version.") }
        guard digits[0] == UInt8(ascii: "1") else {
            throw RequestError(status: 505, message: "HTTP version not supported; use HTTP/1.1.")
        }
        return digits[2] == UInt8(ascii: "0") ? .http10 : .http11
    }
}
