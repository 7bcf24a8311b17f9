// SPDX-License-Identifier: Apache-2.0

import ConnectorSnapshots
import CloudflareAPI
@testable import Exporter
import Foundation
import HTTPTransport
import Testing
import WireText

struct ConfigurationFileTests {
    @Test(arguments: ConfigurationCases.polling.names(".bad.yml"))
    func `a bad file has the expected error`(name: String) throws {
        try ConfigurationCases.polling.expectError(of: name) { _ = try ConfigurationFile.load($0) }
    }

    @Test(arguments: ConfigurationCases.polling.names(".good.yml"))
    func `a good file loads`(name: String) throws {
        let configuration = try ConfigurationFile.load(ConfigurationCases.polling.path("\(name).good.yml"))
        #expect(configuration.accounts.first?.accountID == "0123456789abcdef0123456789abcdef")
    }

    @Test(arguments: ["least", "empty-sections", "flow-and-anchors", "windows-lines", "byte-order-mark"])
    func `absent keys have defaults`(name: String) throws {
        let configuration = try ConfigurationFile.load(ConfigurationCases.polling.path("\(name).good.yml"))
        let account = Configuration.Account(
            accountID: "0123456789abcdef0123456789abcdef",
            token: .file(path: ConfigurationCases.polling.path("token"))
        )
        let api = try Configuration.API(baseURL: .init(Configuration.defaultBaseURL))
        #expect(configuration == Configuration(accounts: [account], api: api))
    }

    @Test func `reads every key`() throws {
        let configuration = try ConfigurationFile.load(ConfigurationCases.polling.path("full.good.yml"))
        #expect(configuration.accounts.map(\.accountID).last == "00000000000000000000000000000002")
        #expect(
            configuration.accounts.map(\.token) == [
                .file(path: ConfigurationCases.polling.path("token")),
                .file(path: ConfigurationCases.polling.path("token2")),
            ]
        )
        #expect(configuration.accounts[0].include == ["a", "b-2"])
        #expect(configuration.accounts[0].exclude == ["c_3"])
        #expect(configuration.accounts[1].include.isEmpty && configuration.accounts[1].exclude.isEmpty)
        #expect(configuration.api.baseURL.description == "http://127.0.0.1:8080/client/v4")
        #expect(configuration.api.requestTimeout.description == "2s500ms")
        #expect(configuration.api.maxRequests == 7)
        #expect(configuration.api.per.description == "1h30m")
        let polling = configuration.polling
        #expect(
            [
                polling.interval, polling.discoveryInterval, polling.initialLookback, polling.overlap,
                polling.rescanInterval, polling.rescanLookback,
            ].map(\.description) == ["1m30s", "2h", "2w", "5m", "1d", "1y"]
        )
        let stuck = configuration.stuckAfter
        #expect(
            [stuck.attestation, stuck.cryptKeyRotation, stuck.pkiRotation, stuck.upgrade, stuck.rekey].map(
                \.seconds
            )
                == [1, 2, 3, 4, 5]
        )
        #expect(configuration.failureRatioWindows.map(\.description) == ["1h30m", "1w", "500ms"])
        #expect(configuration.forgetTunnelsAfter.description == "1d12h")
        #expect(!configuration.snapshots.isEnabled)
        #expect(configuration.snapshots.interval.description == "5m")
        #expect(configuration.snapshots.collectors == [.tunnels, .disks, .highAvailability])
        #expect(configuration.snapshots.allFields == [.disks])
        #expect(configuration.storage.eventsRetention.description == "90d")
        #expect(configuration.eventsLog.path == ConfigurationCases.polling.path("events.json"))
    }

    @Test(arguments: [
        ("no-such-file.yml", "No such file or directory"),
        ("", "Is a directory"),
    ])
    func `the error of an unreadable file names it and the flag`(name: String, reason: String) throws {
        let path = ConfigurationCases.polling.path(name)
        let error = #expect(throws: ConfigurationError.self) { try ConfigurationFile.load(path) }
        #expect(
            error?.description
                == "\(path): cannot be read: \(reason); name a readable file with --config.file"
        )
    }

    @Test func `the deployment example has the defaults`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(
            contentsOf: root.appendingPathComponent("deploy/config.example.yml"),
            encoding: .utf8
        )
        // The example is relative to a directory with a token file.
        let path = ConfigurationCases.polling.path("config.example.yml")
        let example = try ConfigurationFile.parse(text, path: path)
        #expect(example == (try ConfigurationFile.load(ConfigurationCases.polling.path("least.good.yml"))))
        let keys = [
            "account_id", "api_token_file", "connectors", "include", "exclude", "base_url", "request_timeout",
            "max_requests", "per", "interval", "discovery_interval", "initial_lookback", "overlap",
            "rescan_interval",
            "rescan_lookback", "attestation", "crypt_key_rotation", "pki_rotation", "upgrade", "rekey",
            "failure_ratio_windows", "forget_tunnels_after", "enabled", "collectors", "all_fields",
            "events_retention", "path", "format",
        ]
        let page = try String(
            contentsOf: root.appendingPathComponent("deploy/docs/configuration.md"),
            encoding: .utf8
        )
        for key in keys {
            #expect(text.contains("\(key): "), "\(key) is missing")
            #expect(page.contains(".\(key)") || page.contains("`\(key)"), "\(key) is not documented")
        }
    }
}
