// SPDX-License-Identifier: Apache-2.0

package import CloudflareAPI
package import WireText

/// Everything that the configuration decides, checked; it never changes, a reload makes a new one.
package struct Configuration: Sendable, Hashable {
    /// One account to poll.
    package struct Account: Sendable, Hashable {
        package var accountID: String
        package var token: TokenSource
        package var include: Set<String> = []
        package var exclude: Set<String> = []
    }

    /// How the API is asked.
    package struct API: Sendable, Hashable {
        package var baseURL: BaseURL
        package var requestTimeout = PrometheusDuration.seconds(10)
        package var maxRequests = 1000
        package var per = PrometheusDuration.seconds(300)

        package init(baseURL: BaseURL) { self.baseURL = baseURL }
    }

    /// When it is asked, and for what.
    package struct Polling: Sendable, Hashable {
        package var interval = PrometheusDuration.seconds(60)
        package var discoveryInterval = PrometheusDuration.seconds(600)
        package var initialLookback = PrometheusDuration.seconds(86400)
        package var overlap = PrometheusDuration.seconds(3600)
        package var rescanInterval = PrometheusDuration.seconds(3600)
        package var rescanLookback = PrometheusDuration.seconds(86400)
    }

    /// How long something may be open before it is stuck.
    package struct StuckAfter: Sendable, Hashable {
        package var attestation = PrometheusDuration.seconds(600)
        package var cryptKeyRotation = PrometheusDuration.seconds(1800)
        package var pkiRotation = PrometheusDuration.seconds(1800)
        package var upgrade = PrometheusDuration.seconds(7200)
        package var rekey = PrometheusDuration.seconds(900)
    }

    package var accounts: [Account]
    package var api: API
    package var polling = Polling()
    package var stuckAfter = StuckAfter()
    package var failureRatioWindows = [PrometheusDuration.seconds(3600), .seconds(86400)]

    package init(accounts: [Account], api: API) {
        self.accounts = accounts
        self.api = api
    }

    /// Where the API is, unless something else is said.
    package static let defaultBaseURL = "https://api.cloudflare.com/client/v4"

    /// Whether a text is an account id: 32 hexadecimal digits in lower case.
    static func isAccountID(_ text: String) -> Bool {
        text.utf8.count == 32
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
