// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import HTTPTransport

/// One account from the environment, by the names that Cloudflare's own SDKs use.
package enum EnvironmentConfiguration {
    private static let instead = "or name a configuration file with --config.file"

    /// Reads it.
    ///
    /// - Throws: with the name of the variable that is missing or wrong; never with the token.
    package static func load(_ environment: [String: String]) throws(ConfigurationError) -> Configuration {
        let token = try value("CLOUDFLARE_API_TOKEN", of: environment)
        guard let credential = Credential(token) else {
            throw ConfigurationError(
                "CLOUDFLARE_API_TOKEN: not a token; it has no spaces and only ASCII characters"
            )
        }
        let account = try value("CLOUDFLARE_ACCOUNT_ID", of: environment)
        guard Configuration.isAccountID(account) else {
            throw ConfigurationError(
                "CLOUDFLARE_ACCOUNT_ID: \(YAMLReader.shown(account)) is not an account id; it has 32 hexadecimal digits in lower case"
            )
        }
        let baseURL: BaseURL
        do throws(BaseURLError) {
            let text = environment["CLOUDFLARE_BASE_URL"].flatMap { $0.isEmpty ? nil : $0 }
            baseURL = try BaseURL(text ?? Configuration.defaultBaseURL)
        } catch {
            throw ConfigurationError("CLOUDFLARE_BASE_URL: \(error)")
        }
        return Configuration(
            accounts: [Configuration.Account(accountID: account, token: .literal(credential))],
            api: Configuration.API(baseURL: baseURL)
        )
    }

    private static func value(
        _ name: String,
        of environment: [String: String]
    ) throws(ConfigurationError) -> String {
        guard let value = environment[name], !value.isEmpty else {
            throw ConfigurationError("\(name) is not set: set it, \(instead)")
        }
        return value
    }
}
