// SPDX-License-Identifier: Apache-2.0

package import CloudflareAPI
package import WireText

/// A validated configuration.
///
/// A reload creates a new value.
package struct Configuration: Sendable, Hashable {
    /// One Cloudflare account.
    package struct Account: Sendable, Hashable {
        /// The account identifier: 32 hexadecimal digits.
        package var accountID: String
        /// The source of the account's API token.
        package var token: TokenSource
        /// The identifiers of the only connectors to poll; empty for all.
        package var include: Set<String> = []
        /// The identifiers of connectors that are not polled.
        package var exclude: Set<String> = []
    }

    /// The `api` section: the address of the API and the request budget.
    package struct API: Sendable, Hashable {
        /// The address of the API.
        package var baseURL: BaseURL
        /// The maximum duration of one request.
        package var requestTimeout = PrometheusDuration.seconds(10)
        /// The maximum number of requests in each window of `per`, for each token.
        package var maxRequests = 1000
        /// The length of the budget's window.
        package var per = PrometheusDuration.seconds(300)

        /// Creates the section with the default budget.
        package init(baseURL: BaseURL) { self.baseURL = baseURL }
    }

    /// The `polling` section: intervals and windows.
    package struct Polling: Sendable, Hashable {
        /// The time between two polls of a connector.
        package var interval = PrometheusDuration.seconds(60)
        /// The time between two discoveries of an account.
        package var discoveryInterval = PrometheusDuration.seconds(60)
        /// The length of the history that the first poll imports.
        package var initialLookback = PrometheusDuration.seconds(86400)
        /// The overlap of consecutive windows, which finds late events.
        package var overlap = PrometheusDuration.seconds(3600)
        /// The time between two rescans of a connector.
        package var rescanInterval = PrometheusDuration.seconds(3600)
        /// The length of a rescan's window.
        package var rescanLookback = PrometheusDuration.seconds(86400)
    }

    /// The `stuck_after` section: how long an operation or a rekey may be open before it is stuck.
    package struct StuckAfter: Sendable, Hashable {
        /// The threshold of attestations.
        package var attestation = PrometheusDuration.seconds(600)
        /// The threshold of crypt-key rotations.
        package var cryptKeyRotation = PrometheusDuration.seconds(1800)
        /// The threshold of PKI rotations.
        package var pkiRotation = PrometheusDuration.seconds(1800)
        /// The threshold of upgrades.
        package var upgrade = PrometheusDuration.seconds(7200)
        /// The threshold of rekeys.
        package var rekey = PrometheusDuration.seconds(900)
    }

    /// The accounts, in the order of the file.
    ///
    /// There is at least one.
    package var accounts: [Account]
    /// The `api` section.
    package var api: API
    /// The `polling` section.
    package var polling = Polling()
    /// The `stuck_after` section.
    package var stuckAfter = StuckAfter()
    /// The windows of the failure ratio.
    package var failureRatioWindows = [PrometheusDuration.seconds(3600), .seconds(86400)]

    /// The time without a rekey event after which a tunnel is forgotten.
    package var forgetTunnelsAfter = PrometheusDuration.seconds(7 * 86400)

    /// The `snapshots` section.
    package var snapshots = Snapshots()

    /// The `storage` section.
    package var storage = Storage()

    /// The `events_log` section.
    package var eventsLog = EventsLog()

    /// Creates a configuration with the default intervals, thresholds and windows.
    package init(accounts: [Account], api: API) {
        self.accounts = accounts
        self.api = api
    }

    /// The address of Cloudflare's API.
    package static let defaultBaseURL = "https://api.cloudflare.com/client/v4"

    /// Returns the problem of a text that is not an account identifier, or `nil` if it is one.
    static func accountIDProblem(_ text: String) -> String? {
        let isAccountID =
            text.utf8.count == 32 && text.utf8.allSatisfy { $0.isHexadecimalDigit && $0 == $0.lowercased }
        guard !isAccountID else { return nil }
        return "is not an account id; use 32 lower-case hexadecimal digits"
    }
}
