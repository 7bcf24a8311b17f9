// SPDX-License-Identifier: Apache-2.0

import WireText

/// Writes the head of a response.
///
/// Source: RFC 9112, 4 and 6; RFC 9110, 6.6.1 (Date), 8.6 (Content-Length).
struct ResponseHead {
    /// How the client learns where the body ends.
    enum Framing: Equatable {
        /// By a length, which is also that of the body which `HEAD` leaves out.
        case length(Int)
        /// By chunks.
        case chunked
        /// By the end of the connection.
        case untilClose
        /// There is none, and no length is told (204, 304).
        case none
    }

    /// The status code.
    var status: Int
    /// The handler's fields.
    var headers: [(name: String, value: String)]
    /// Where the body ends.
    var framing: Framing
    /// What the client speaks.
    var version: HTTPVersion
    /// Whether the connection stays open.
    var persists: Bool

    /// The interim response that asks for the body (RFC 9110, 15.2.1).
    static let goOn = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// Encodes the head, the empty line included.
    ///
    /// - Parameter date: the text of the `Date` field.
    /// - Returns: bytes that the body follows.
    func encoded(date: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        bytes += "HTTP/1.1 \(status) \(ReasonPhrase.of(status))\r\nDate: ".utf8
        bytes += date
        bytes += "\r\n".utf8
        for (name, value) in headers { Self.append(name, value, to: &bytes) }
        switch framing {
        case .length(let length): bytes += "Content-Length: \(length)\r\n".utf8
        case .chunked: bytes += "Transfer-Encoding: chunked\r\n".utf8
        case .untilClose, .none: break
        }
        if !persists {
            bytes += "Connection: close\r\n".utf8
        } else if version == .http10 {
            bytes += "Connection: keep-alive\r\n".utf8
        }
        bytes += "\r\n".utf8
        return bytes
    }

    /// Appends a handler's field, unless it is one that the endpoint sets or its name is none.
    ///
    /// What is not allowed in a value becomes a space, so that a value from elsewhere cannot begin another field or
    /// another response.
    private static func append(_ name: String, _ value: String, to bytes: inout [UInt8]) {
        guard !name.isEmpty, name.utf8.allSatisfy(\.isTokenCharacter), !isReserved(name) else { return }
        bytes += name.utf8
        bytes += ": ".utf8
        for byte in value.utf8 { bytes.append(byte.isFieldValueCharacter ? byte : .space) }
        bytes += "\r\n".utf8
    }

    /// Whether the endpoint sets a field; the length tells for most names that it does not.
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
