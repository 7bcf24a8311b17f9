// SPDX-License-Identifier: Apache-2.0

/// The reason why a request has no response.
package struct TransportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The class of an error; the raw value is a label value of the exporter's metrics.
    package struct Reason: Sendable, Hashable, RawRepresentable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// The host name could not be resolved.
        package static let resolve = Reason(rawValue: "resolve")
        /// No TCP connection could be opened.
        package static let connect = Reason(rawValue: "connect")
        /// The TLS handshake failed, or the certificate is not trusted.
        package static let tls = Reason(rawValue: "tls")
        /// The request took longer than its timeout, or the transfer stalled.
        package static let timeout = Reason(rawValue: "timeout")
        /// The connection ended before the response was complete.
        package static let interrupted = Reason(rawValue: "interrupted")
        /// The header or the body exceeds its limit.
        package static let tooLarge = Reason(rawValue: "too_large")
        /// The response is not valid HTTP, or cannot be decompressed.
        package static let malformed = Reason(rawValue: "malformed")
        /// The URL is invalid or not allowed.
        package static let refused = Reason(rawValue: "refused")
        /// The caller cancelled the request, or the transport is shut down.
        package static let cancelled = Reason(rawValue: "cancelled")
        /// Any other error.
        package static let other = Reason(rawValue: "other")
    }

    /// The class of the error.
    package let reason: Reason

    /// The message for logs, without a period at its end.
    ///
    /// It contains no credential and no URL query.
    package let description: String

    /// Creates an error.
    package init(_ reason: Reason, _ description: String) {
        self.reason = reason
        self.description = description
    }
}
