// SPDX-License-Identifier: Apache-2.0

import WireText

/// An encoder for the head of a response.
///
/// Source: RFC 9112, 4 and 6; RFC 9110, 6.6.1 (Date), 8.6 (Content-Length).
struct ResponseHead {

    var status: Int
    /// The handler's header fields.
    var headers: [(name: String, value: String)]
    /// The length of the body, even if `HEAD` omits it; `nil` for a status without a body (204, 304).
    var contentLength: Int?
    /// The HTTP version of the request.
    var version: HTTPVersion
    /// Whether the connection stays open after the response.
    var persists: Bool

    /// The interim response that requests the body (RFC 9110, 15.2.1).
    static let continueResponse = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// Encodes the head.
    ///
    /// - Parameter date: the value of the `Date` field.
    /// - Returns: the bytes, including the empty line at the end.
    func encoded(date: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        bytes += "HTTP/1.1 \(status) \(ReasonPhrase.of(status))\r\nDate: ".utf8
        bytes += date
        bytes += "\r\n".utf8
        for (name, value) in headers { Self.append(name, value, to: &bytes) }
        if let contentLength { bytes += "Content-Length: \(contentLength)\r\n".utf8 }
        if !persists {
            bytes += "Connection: close\r\n".utf8
        } else if version == .http10 {
            bytes += "Connection: keep-alive\r\n".utf8
        }
        bytes += "\r\n".utf8
        return bytes
    }

    /// Appends a handler's field, unless the endpoint sets that field itself or the name is invalid.
    ///
    /// Invalid bytes in a value become spaces, so that an untrusted value cannot inject a field or a response.
    private static func append(_ name: String, _ value: String, to bytes: inout [UInt8]) {
        guard !name.isEmpty, name.utf8.allSatisfy(\.isTokenCharacter), !isReserved(name) else { return }
        bytes += name.utf8
        bytes += ": ".utf8
        for byte in value.utf8 { bytes.append(byte.isFieldValueCharacter ? byte : .space) }
        bytes += "\r\n".utf8
    }

    /// Whether the endpoint sets a field itself.
    ///
    /// Comparing the length first avoids most lower-casing.
    private static func isReserved(_ name: String) -> Bool {
        switch name.utf8.count {
        case 4: name.lowercased() == "date"
        case 10: name.lowercased() == "connection"
        case 14: name.lowercased() == "content-length"
        case 17: name.lowercased() == "transfer-encoding"
        default: false
        }
    }
}
