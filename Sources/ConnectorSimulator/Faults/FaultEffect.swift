// SPDX-License-Identifier: Apache-2.0

/// The effect of a fault on one response.
package enum FaultEffect: Sendable, Hashable {
    /// The response has an error status, a body and optionally `Retry-After`.
    case status(Int, ErrorBody, RetryAfter)
    case reset
    /// The response stops after some bytes of its body, by default half of it, and the connection stays open.
    case stall(after: Int?)
    /// The body arrives at a limited rate.
    case slow(bytesPerSecond: Int)
    /// The response arrives late.
    case delay(seconds: Double)
    /// The body is cut, and `Content-Length` matches the rest: valid HTTP, invalid JSON.
    case truncateJSON(after: Int?)
    /// The connection ends before the body is complete.
    case truncateConnection(after: Int?)
    /// The response is a web page with status 200.
    case html
    /// The response has status 200 and `success: false`.
    case successFalse
    /// The body does not end.
    case endlessBody
    /// `Content-Encoding` is `gzip`, but the body is not compressed data.
    case garbageGzip
    /// The body is compressed, correctly or not.
    case gzip(Gzip.Kind)
    /// `Content-Encoding` names an encoding that the body does not have.
    case encoding(String)
    case redirect(Int)
    case header(String, HeaderValue)
    /// The content of the response is wrong.
    case content(ContentFault)

    /// The body of an error.
    package enum ErrorBody: String, Sendable, Hashable, CaseIterable {
        case json
        case html
        case empty
    }

    /// The value of a header field.
    package enum HeaderValue: Sendable, Hashable {
        case text(String)
        /// A number of `x` characters.
        case filler(Int)
    }

    /// The `Retry-After` of an error (RFC 9110, 10.2.3).
    package enum RetryAfter: Sendable, Hashable {
        case none
        case seconds(Int)
        /// A date, some seconds from now.
        case date(inSeconds: Int)
    }
}
