// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import HTTPTransport

/// A configuration with one account, from the environment variables of Cloudflare's SDKs.
package enum EnvironmentConfiguration {
    /// Reads the configuration.
    ///
    /// - Throws: an error that names the variable. It does not contain the token.
    package static func load(_ environment: [String: String]) throws(ConfigurationError) -> Configuration {
        let token = try token(environment)
        let account = try value(of: "CLOUDFLARE_ACCOUNT_ID", in: environment)
        if let problem = Configuration.accountIDProblem(account) {
            throw ConfigurationError("CLOUDFLARE_ACCOUNT_ID: \(problem)")
        }
        let baseURL: BaseURL
        do throws(BaseURLError) {
            let text = environment["CLOUDFLARE_BASE_URL"].flatMap { $0.isEmpty ? nil : $0 }
            baseURL = try BaseURL(text ?? Configuration.defaultBaseURL)
        } catch {
            throw ConfigurationError("CLOUDFLARE_BASE_URL: \(error)")
        }
        return Configuration(
            accounts: [Configuration.Account(accountID: account, token: token)],
            api: Configuration.API(baseURL: baseURL)
        )
    }

    /// Reads the token, or the name of its file.
    private static func token(_ environment: [String: String]) throws(ConfigurationError) -> TokenSource {
        let file = environment["CLOUDFLARE_API_TOKEN_FILE"].flatMap { $0.isEmpty ? nil : $0 }
        guard let file else {
            let text = try value(of: "CLOUDFLARE_API_TOKEN", in: environment)
            guard let credential = Credential(text) else {
                throw ConfigurationError(
                    "CLOUDFLARE_API_TOKEN: is not an API token; use ASCII characters without spaces"
                )
            }
            return .literal(credential)
        }
        guard environment["CLOUDFLARE_API_TOKEN"]?.isEmpty ?? true else {
            throw ConfigurationError(
                "CLOUDFLARE_API_TOKEN_FILE: CLOUDFLARE_API_TOKEN is set too; set one of them"
            )
        }
        do throws(ConfigurationError) {
            _ = try ReloadingToken.readCredential(at: file)
        } catch {
            throw ConfigurationError("CLOUDFLARE_API_TOKEN_FILE: \(error.description)")
        }
        return .file(path: file)
    }

    private static func value(
        of name: String,
        in environment: [String: String]
    ) throws(ConfigurationError) -> String {
        guard let value = environment[name], !value.isEmpty else {
            throw ConfigurationError(
                "\(name) is not set; set it, or name a configuration file with --config.file"
            )
        }
        return value
    }
}
