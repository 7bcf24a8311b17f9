// SPDX-License-Identifier: Apache-2.0

package import CloudflareAPI
package import EventLedger

/// The failure of a poll or a discovery.
package struct PollFailure: Error, Sendable, CustomStringConvertible {
    /// The class of the failure.
    package let reason: Reason

    /// The problem and its remedy, for logs.
    package let description: String

    /// Makes a failure.
    package init(_ reason: Reason, _ description: String) {
        self.reason = reason
        self.description = description
    }

    /// Makes the failure of a request.
    package init(_ error: APIError) {
        self.init(.api(error.reason), error.description)
    }

    /// Makes the failure of reading or writing the ledger.
    package init(_ error: LedgerError) {
        self.init(.storage, error.description)
    }

    /// Makes the failure of a request that was not sent.
    package init(_ refusal: TokenRateLimiter.Refusal) {
        switch refusal {
        case .blocked:
            self.init(
                .api(.rateLimited),
                "the API token is rate limited; polling continues when Cloudflare's block ends"
            )
        case .cancelled:
            self = .cancelled
        case .storage(let description):
            self.init(.storage, description)
        }
    }

    /// The cancellation of a poll, because the program stops or its configuration changes.
    package static let cancelled = PollFailure(.api(.cancelled), "cancelled")

    /// Whether the poll was cancelled, which is not an error.
    package var isCancellation: Bool { reason == .api(.cancelled) }

    /// Whether the failure probably lasts, so that the next poll is delayed.
    ///
    /// An event list that does not end costs several requests each time.
    package var isPersistent: Bool {
        switch reason {
        case .api(.unauthorized), .api(.forbidden), .api(.notFound), .cursorLoop, .endlessCursor: true
        default: false
        }
    }
}
