// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
@testable import Exporter
import HTTPTransport
import TestSupport
import Testing
import WireText

struct EnvironmentConfigurationTests {
    private static let account = "0123456789abcdef0123456789abcdef"

    @Test func `reads one account from the variables of Cloudflare's SDKs`() throws {
        let configuration = try EnvironmentConfiguration.load([
            "CLOUDFLARE_API_TOKEN": "secret", "CLOUDFLARE_ACCOUNT_ID": Self.account,
            "CLOUDFLARE_BASE_URL": "",
        ])
        let credential = try #require(Credential("secret"))
        #expect(configuration.accounts == [.init(accountID: Self.account, token: .literal(credential))])
        #expect(configuration.api == .init(baseURL: try .init("https://api.cloudflare.com/client/v4")))
        #expect(configuration.polling == .init())
        #expect(configuration.stuckAfter == .init())
        #expect(configuration.failureRatioWindows.map(\.description) == ["1h", "1d"])
    }

    @Test func `reads the token from a file`() throws {
        let directory = try TemporaryDirectory()
        let file = try directory.write("secret\n", to: "token")
        let environment = ["CLOUDFLARE_API_TOKEN_FILE": file, "CLOUDFLARE_ACCOUNT_ID": Self.account]
        let configuration = try EnvironmentConfiguration.load(environment)
        #expect(configuration.accounts.map(\.token) == [.file(path: file)])
        let error = #expect(throws: ConfigurationError.self) {
            try EnvironmentConfiguration.load(environment.merging(["CLOUDFLARE_API_TOKEN": "x"]) { $1 })
        }
        #expect(
            error?.description
                == "CLOUDFLARE_API_TOKEN_FILE: CLOUDFLARE_API_TOKEN is set too; set one of them"
        )
        let missing = #expect(throws: ConfigurationError.self) {
            try EnvironmentConfiguration.load(["CLOUDFLARE_API_TOKEN_FILE": "\(file)-missing"])
        }
        #expect(missing?.description.hasPrefix("CLOUDFLARE_API_TOKEN_FILE: ") == true)
    }

    @Test func `reads another base URL`() throws {
        let configuration = try EnvironmentConfiguration.load([
            "CLOUDFLARE_API_TOKEN": "secret", "CLOUDFLARE_ACCOUNT_ID": Self.account,
            "CLOUDFLARE_BASE_URL": "http://localhost:1234/",
        ])
        #expect(configuration.api.baseURL.description == "http://localhost:1234")
    }

    @Test(
        arguments: [
            (
                [:],
                "CLOUDFLARE_API_TOKEN is not set; set it, or name a configuration file with --config.file"
            ),
            (
                ["CLOUDFLARE_API_TOKEN": "", "CLOUDFLARE_ACCOUNT_ID": account],
                "CLOUDFLARE_API_TOKEN is not set; set it, or name a configuration file with --config.file"
            ),
            (
                ["CLOUDFLARE_API_TOKEN": "secret"],
                "CLOUDFLARE_ACCOUNT_ID is not set; set it, or name a configuration file with --config.file"
            ),
            (
                ["CLOUDFLARE_API_TOKEN": "my secret", "CLOUDFLARE_ACCOUNT_ID": account],
                "CLOUDFLARE_API_TOKEN: is not an API token; use ASCII characters without spaces"
            ),
            (
                ["CLOUDFLARE_API_TOKEN": "secret", "CLOUDFLARE_ACCOUNT_ID": "a\nb"],
                "CLOUDFLARE_ACCOUNT_ID: is not an account id; use 32 lower-case hexadecimal digits"
            ),
            (
                [
                    "CLOUDFLARE_API_TOKEN": "secret", "CLOUDFLARE_ACCOUNT_ID": account,
                    "CLOUDFLARE_BASE_URL": "http://example.com",
                ],
                "CLOUDFLARE_BASE_URL: http is only allowed for this machine (127.0.0.0/8, ::1, localhost); "
                    + "use https"
            ),
        ] as [([String: String], String)]
    )
    func `the error of a missing or invalid variable names it`(environment: [String: String], message: String)
    {
        let error = #expect(throws: ConfigurationError.self) {
            try EnvironmentConfiguration.load(environment)
        }
        #expect(error?.description == message)
    }
}
