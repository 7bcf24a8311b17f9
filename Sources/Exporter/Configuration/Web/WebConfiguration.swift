// SPDX-License-Identifier: Apache-2.0

package import HTTPEndpoint

/// A validated web configuration: TLS, header fields, users and the rate limit.
package struct WebConfiguration: Sendable {
    /// The TLS settings, and the context with the loaded certificate and key.
    package struct TLS: Sendable {
        /// The settings.
        package let settings: TLSSettings
        /// The context that was created from the settings.
        package let context: TLSContext
    }

    /// A user of basic authentication.
    package struct User: Sendable, Hashable {
        /// The user name.
        package let name: String
        /// The bcrypt hash of the password.
        package let hash: PasswordHash
    }

    /// The limit of requests.
    package struct RateLimit: Sendable, Hashable {
        /// The average time between two requests.
        package let interval: Duration
        /// The maximum number of requests at once.
        package let burst: Int
    }

    /// The TLS settings; `nil` for cleartext.
    package var tls: TLS?

    /// The header fields of every response.
    package var headers: [HeaderMiddleware.Field] = []

    /// The users.
    ///
    /// If the list is empty, no password is required.
    package var users: [User] = []

    /// The rate limit; `nil` for no limit.
    package var rateLimit: RateLimit?

    /// Returns whether both configurations have the same settings, certificates, keys and users.
    func equals(_ other: WebConfiguration) -> Bool {
        tls?.settings == other.tls?.settings && headers == other.headers && users == other.users
            && rateLimit == other.rateLimit
    }

    /// The configuration in one short line, for logs.
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
