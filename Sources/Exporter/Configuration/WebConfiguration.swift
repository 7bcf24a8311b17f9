// SPDX-License-Identifier: Apache-2.0

package import HTTPEndpoint

/// Who may talk to the endpoint, and how: what the web configuration file says, checked.
package struct WebConfiguration: Sendable {
    /// The settings, and what was made of them: that is where a key that does not fit its certificate is found.
    package struct TLS: Sendable {
        package let settings: TLSSettings
        package let context: TLSContext
    }

    /// One who may scrape.
    package struct User: Sendable, Hashable {
        package let name: String
        package let hash: PasswordHash
    }

    /// How many requests are answered.
    package struct RateLimit: Sendable, Hashable {
        /// Until one more is.
        package let interval: Duration
        /// How many may come at once.
        package let burst: Int
    }

    /// `nil` for cleartext.
    package var tls: TLS?

    /// On every answer.
    package var headers: [HeaderMiddleware.Field] = []

    /// Nobody is asked for a password where there is none.
    package var users: [User] = []

    /// `nil` for no limit.
    package var rateLimit: RateLimit?

    /// What is in force, in a few words.
    package var summary: String {
        var parts = [tls == nil ? "no TLS" : "TLS"]
        if let tls, tls.settings.clientAuthentication != .none {
            parts.append("client certificates: \(tls.settings.clientAuthentication.rawValue)")
        }
        parts.append(users.isEmpty ? "no passwords" : "\(users.count) user\(users.count == 1 ? "" : "s")")
        if let rateLimit {
            parts.append("rate limit: one per \(rateLimit.interval), burst \(rateLimit.burst)")
        }
        return parts.joined(separator: ", ")
    }
}
