// SPDX-License-Identifier: Apache-2.0

package import CloudflareAPI
package import EventLedger

/// Why a poll or a discovery did not succeed.
package struct PollFailure: Error, Sendable, CustomStringConvertible {
    /// The `reason` label of `poll_failures_total`: a bounded set.
    package let reason: String

    /// A sentence for the log that says what to do.
    package let description: String

    package init(reason: String, _ description: String) {
        self.reason = reason
        self.description = description
    }

    package init(_ error: APIError) {
        self.init(reason: error.reason.rawValue, error.description)
    }

    package init(_ error: LedgerError) {
        self.init(reason: "storage", error.description)
    }

    package init(_ refusal: TokenRateLimiter.Refusal) {
        switch refusal {
        case .silenced:
            self.init(
                reason: APIError.Reason.rateLimited.rawValue,
                "the token is rate limited; nothing is asked until Cloudflare lifts the block"
            )
        case .cancelled:
            self = .cancelled
        case .storage(let why):
            self.init(reason: "storage", why)
        }
    }

    /// The program is stopping, or its configuration changes: nothing is wrong.
    package static let cancelled = PollFailure(reason: "cancelled", "cancelled")

    package var isCancellation: Bool { reason == Self.cancelled.reason }

    /// Whether asking again soon is pointless until somebody changes something.
    package var isLasting: Bool {
        [.unauthorized, .forbidden, .notFound].contains(APIError.Reason(rawValue: reason))
    }
}
