// SPDX-License-Identifier: Apache-2.0

/// Why there is no response.
package struct TransportError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong, in the terms in which a poll reports it.
    package struct Reason: Sendable, Hashable, RawRepresentable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// The name has no address.
        package static let resolve = Reason(rawValue: "resolve")
        /// Nobody listens, or the network is down.
        package static let connect = Reason(rawValue: "connect")
        /// The certificate or the handshake was not accepted.
        package static let tls = Reason(rawValue: "tls")
        /// Too slow: to connect, to answer, or to go on.
        package static let timeout = Reason(rawValue: "timeout")
        /// The connection ended before the response did.
        package static let interrupted = Reason(rawValue: "interrupted")
        /// The body is larger than the caller's limit.
        package static let tooLarge = Reason(rawValue: "too_large")
        /// The response is not HTTP, or cannot be decompressed.
        package static let malformed = Reason(rawValue: "malformed")
        /// The URL is not one that may be asked.
        package static let refused = Reason(rawValue: "refused")
        /// The caller no longer wants it.
        package static let cancelled = Reason(rawValue: "cancelled")
        /// Anything else that libcurl reports.
        package static let other = Reason(rawValue: "other")
    }

    package let reason: Reason

    /// A sentence for the log; it holds no secret.
    package let description: String

    package init(_ reason: Reason, _ description: String) {
        self.reason = reason
        self.description = description
    }
}
