// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import FoundationEssentials
import WireText
import Yams

/// Reads the configuration file; every error names file, line and key.
package enum ConfigurationFile {
    /// Loads a file, and reads the token files that it names.
    package static func load(_ path: String) throws(ConfigurationError) -> Configuration {
        let text: String
        do {
            let data = try Data(contentsOf: URL(filePath: path))
            guard let decoded = String(validating: data, as: UTF8.self) else {
                throw ConfigurationError("\(path): is not UTF-8 text")
            }
            text = decoded
        } catch let error as ConfigurationError {
            throw error
        } catch {
            throw ConfigurationError("\(path): cannot be read: \(reason(error)); name it with --config.file")
        }
        return try parse(text, path: path)
    }

    private static func reason(_ error: any Error) -> String {
        switch (error as? CocoaError)?.code {
        case .fileReadNoSuchFile?, .fileNoSuchFile?: "no such file"
        case .fileReadNoPermission?: "permission denied"
        default: "not a readable file"
        }
    }

    /// Reads the text of a file, and the token files that it names.
    ///
    /// - Parameters:
    ///   - text: YAML.
    ///   - path: named in errors; token files are relative to its directory.
    /// - Returns: the whole configuration, with the defaults of what the text leaves out.
    /// - Throws: the first mistake, by file, line and key.
    package static func parse(_ text: String, path: String) throws(ConfigurationError) -> Configuration {
        guard let root = try YAMLDocument.root(of: text, path: path) else {
            throw ConfigurationError("\(path):1: is empty; it has to hold accounts")
        }
        return try read(root, path: path)
    }

    private static func read(_ root: Node, path: String) throws(ConfigurationError) -> Configuration {
        let keys = ["accounts", "api", "polling", "stuck_after", "failure_ratio_windows"]
        let top = try YAMLReader(root, file: path, prefix: "", keys: keys)
        guard let accountNodes = try top.list("accounts"), !accountNodes.isEmpty else {
            throw top.error(
                "accounts",
                "is missing; list at least one account with account_id and api_token_file"
            )
        }
        var accounts: [Configuration.Account] = []
        for (index, node) in accountNodes.enumerated() {
            let reader = try YAMLReader(
                node,
                file: path,
                prefix: "accounts[\(index)].",
                keys: ["account_id", "api_token_file", "connectors"]
            )
            let account = try Self.account(reader)
            guard !accounts.contains(where: { $0.accountID == account.accountID }) else {
                throw reader.error("account_id", "\(account.accountID) is listed twice")
            }
            accounts.append(account)
        }
        var configuration = Configuration(accounts: accounts, api: try api(top))
        configuration.polling = try polling(top)
        configuration.stuckAfter = try stuckAfter(top)
        if let windows = try windows(top) { configuration.failureRatioWindows = windows }
        return configuration
    }

    private static func account(_ reader: YAMLReader) throws(ConfigurationError) -> Configuration.Account {
        guard let id = try reader.string("account_id") else {
            throw reader.error("account_id", "is missing")
        }
        guard Configuration.isAccountID(id) else {
            throw reader.error(
                "account_id",
                "\(YAMLReader.shown(id)) is not an account id; it has 32 hexadecimal digits in lower case"
            )
        }
        guard let tokenFile = try reader.path("api_token_file") else {
            throw reader.error("api_token_file", "is missing; name the file that holds the API token")
        }
        let connectors = try reader.mapping("connectors", keys: ["include", "exclude"])
        let include = Set(try connectors.strings("include", check: connectorFault))
        let exclude = Set(try connectors.strings("exclude", check: connectorFault))
        if let both = include.intersection(exclude).min() {
            throw connectors.error("exclude", "\(both) is in include as well; keep it in one of them")
        }
        let token = TokenSource.file(path: tokenFile)
        // Now, and not in the first poll, because only here is it known which key of which line is wrong.
        var tokenReader = TokenReader(token)
        do throws(ConfigurationError) {
            _ = try tokenReader.current()
        } catch {
            throw reader.error("api_token_file", error.description)
        }
        return Configuration.Account(
            accountID: id,
            token: token,
            include: include,
            exclude: exclude
        )
    }

    /// What keeps a text from being a connector id.
    ///
    /// Cloudflare does not say what they are made of. This finds names and numbers that were put in their place.
    private static func connectorFault(_ text: String) -> String? {
        let isIdentifier =
            text.utf8.count <= 64
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte | 0x20) || byte == 0x2d
                    || byte == 0x5f
            }
        return isIdentifier ? nil : "\(YAMLReader.shown(text)) is not a connector id"
    }

    private static let hour = PrometheusDuration.seconds(3600)
    private static let day = PrometheusDuration.seconds(86400)
    private static let week = PrometheusDuration.seconds(7 * 86400)
    private static let year = PrometheusDuration.seconds(365 * 86400)

    private static func api(_ top: YAMLReader) throws(ConfigurationError) -> Configuration.API {
        let reader = try top.mapping("api", keys: ["base_url", "request_timeout", "max_requests", "per"])
        let text = try reader.string("base_url") ?? Configuration.defaultBaseURL
        let baseURL: BaseURL
        do throws(BaseURLError) {
            baseURL = try BaseURL(text)
        } catch {
            throw reader.error("base_url", "\(error)")
        }
        var api = Configuration.API(baseURL: baseURL)
        if let timeout = try reader.duration("request_timeout", atMost: hour) { api.requestTimeout = timeout }
        if let requests = try reader.integer("max_requests", in: 1...1_000_000) { api.maxRequests = requests }
        if let per = try reader.duration("per", atMost: day) { api.per = per }
        return api
    }

    private static func polling(_ top: YAMLReader) throws(ConfigurationError) -> Configuration.Polling {
        let reader = try top.mapping(
            "polling",
            keys: [
                "interval", "discovery_interval", "initial_lookback", "overlap", "rescan_interval",
                "rescan_lookback",
            ]
        )
        var polling = Configuration.Polling()
        if let value = try reader.duration("interval", atMost: day) { polling.interval = value }
        if let value = try reader.duration("discovery_interval", atMost: day) {
            polling.discoveryInterval = value
        }
        if let value = try reader.duration("initial_lookback", atMost: year) {
            polling.initialLookback = value
        }
        if let value = try reader.duration("overlap", atMost: week) { polling.overlap = value }
        if let value = try reader.duration("rescan_interval", atMost: week) { polling.rescanInterval = value }
        if let value = try reader.duration("rescan_lookback", atMost: year) { polling.rescanLookback = value }
        return polling
    }

    private static func stuckAfter(_ top: YAMLReader) throws(ConfigurationError) -> Configuration.StuckAfter {
        let reader = try top.mapping(
            "stuck_after",
            keys: ["attestation", "crypt_key_rotation", "pki_rotation", "upgrade", "rekey"]
        )
        var stuckAfter = Configuration.StuckAfter()
        if let value = try reader.duration("attestation", atMost: year) { stuckAfter.attestation = value }
        if let value = try reader.duration("crypt_key_rotation", atMost: year) {
            stuckAfter.cryptKeyRotation = value
        }
        if let value = try reader.duration("pki_rotation", atMost: year) { stuckAfter.pkiRotation = value }
        if let value = try reader.duration("upgrade", atMost: year) { stuckAfter.upgrade = value }
        if let value = try reader.duration("rekey", atMost: year) { stuckAfter.rekey = value }
        return stuckAfter
    }

    private static func windows(_ top: YAMLReader) throws(ConfigurationError) -> [PrometheusDuration]? {
        let key = "failure_ratio_windows"
        guard let windows = try top.durations(key, atMost: year) else { return nil }
        guard !windows.isEmpty else { throw top.error(key, "is empty; leave it out for 1h and 1d") }
        return windows
    }
}
