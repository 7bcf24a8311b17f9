// SPDX-License-Identifier: Apache-2.0

/// What can go wrong with an answer.
package enum FaultEffect: Sendable, Hashable {
    /// Another status, with a body and perhaps `Retry-After`.
    case status(Int, ErrorBody, RetryAfter)
    /// The connection is reset in place of an answer.
    case reset
    /// The answer stops after so many bytes of its body, half of it by default, and the connection stays open.
    case stall(after: Int?)
    /// The answer comes slowly.
    case slow(bytesPerSecond: Int)
    /// The answer comes late.
    case delay(seconds: Double)
    /// The body is cut, and `Content-Length` is that of what is left: well-formed HTTP, malformed JSON.
    case truncateJSON(after: Int?)
    /// The connection closes before the body is complete.
    case truncateConnection(after: Int?)
    /// 200 with a web page.
    case html
    /// 200 with `success: false`.
    case successFalse
    /// A body that does not end.
    case endlessBody
    /// `Content-Encoding: gzip`, and bytes that are not.
    case garbageGzip
    /// The body in gzip, or in what passes for it.
    case gzip(Gzip.Kind)
    /// `Content-Encoding` names what the body is not in.
    case encoding(String)
    /// The answer is said to be elsewhere.
    case redirect(Int)
    /// A header field has another value.
    case header(String, HeaderValue)
    /// The right answer, told wrongly.
    case distortion(Distortion)

    /// The body of an error.
    package enum ErrorBody: String, Sendable, Hashable, CaseIterable {
        case json
        case html
        case empty
    }

    /// The value that a header field is given.
    package enum HeaderValue: Sendable, Hashable {
        case text(String)
        /// So many bytes of the letter x.
        case filler(Int)
    }

    /// The `Retry-After` of an error (RFC 9110, 10.2.3).
    package enum RetryAfter: Sendable, Hashable {
        case none
        case seconds(Int)
        /// A date so many seconds from now.
        case date(inSeconds: Int)
    }
}
