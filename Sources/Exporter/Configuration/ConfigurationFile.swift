// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import FoundationEssentials
import Yams

/// Reads the configuration file; every error names file, line and key.
package enum ConfigurationFile {
    /// Loads a file.
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

    /// Reads the text of a file.
    ///
    /// - Parameters:
    ///   - text: YAML.
    ///   - path: named in errors; token files are relative to its directory.
    /// - Returns: what the file says, with defaults for what it leaves out.
    /// - Throws: with a sentence that names the file, and the line and key where they are known.
    package static func parse(_ text: String, path: String) throws(ConfigurationError) -> Configuration {
        let root: Node
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw ConfigurationError("\(path):1: is empty; it has to hold accounts")
            }
            root = node
        } catch let error as ConfigurationError {
            throw error
        } catch let error as YamlError {
            throw syntaxError(error, path: path)
        } catch {
            throw ConfigurationError("\(path): is not YAML: \(error)")
        }
        return try read(root, path: path)
    }

    private static func syntaxError(_ error: YamlError, path: String) -> ConfigurationError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            ConfigurationError("\(path):\(mark.line): is not YAML: \(problem) at column \(mark.column)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            ConfigurationError(
                "\(path):\(context.mark.line): \(duplicates.map { "\($0)" }.joined(separator: ", ")): is given twice"
            )
        default:
            ConfigurationError("\(path): is not YAML: \(error)")
        }
    }

    private static func read(_ root: Node, path: String) throws(ConfigurationError) -> Configuration {
        var top = try YAMLReader(root, file: path, prefix: "")
        guard let accountNodes = try top.list("accounts"), !accountNodes.isEmpty else {
            throw top.error(
                "accounts",
                "is missing; list at least one account with account_id and api_token_file"
            )
        }
        var accounts: [Configuration.Account] = []
        for (index, node) in accountNodes.enumerated() {
            var reader = try YAMLReader(node, file: path, prefix: "accounts[\(index)].")
            let account = try Self.account(&reader, path: path)
            guard !accounts.contains(where: { $0.accountID == account.accountID }) else {
                throw reader.error("account_id", "\(account.accountID) is listed twice")
            }
            accounts.append(account)
        }
        var apiReader = try top.mapping("api")
        var configuration = Configuration(accounts: accounts, api: try api(&apiReader))
        var polling = try top.mapping("polling")
        configuration.polling = try Self.polling(&polling)
        var stuckAfter = try top.mapping("stuck_after")
        configuration.stuckAfter = try Self.stuckAfter(&stuckAfter)
        if let windows = try windows(&top) { configuration.failureRatioWindows = windows }
        try top.finish()
        return configuration
    }

    private static func account(
        _ reader: inout YAMLReader,
        path: String
    ) throws(ConfigurationError) -> Configuration.Account {
        guard let id = try reader.string("account_id") else {
            throw reader.error("account_id", "is missing")
        }
        guard Configuration.isAccountID(id) else {
            throw reader.error(
                "account_id",
                "\"\(id)\" is not an account id; it has 32 hexadecimal digits in lower case"
            )
        }
        guard let tokenFile = try reader.string("api_token_file"), !tokenFile.isEmpty else {
            throw reader.error("api_token_file", "is missing; name the file that holds the API token")
        }
        var connectors = try reader.mapping("connectors")
        let include = Set(try connectors.strings("include"))
        let exclude = Set(try connectors.strings("exclude"))
        try connectors.finish()
        try reader.finish()
        let directory =
            path.contains("/") ? String(path[...(path.lastIndex(of: "/") ?? path.startIndex)]) : ""
        return Configuration.Account(
            accountID: id,
            token: .file(path: tokenFile.hasPrefix("/") ? tokenFile : directory + tokenFile),
            include: include,
            exclude: exclude
        )
    }

    private static func api(_ reader: inout YAMLReader) throws(ConfigurationError) -> Configuration.API {
        let text = try reader.string("base_url") ?? Configuration.defaultBaseURL
        let baseURL: BaseURL
        do throws(BaseURLError) {
            baseURL = try BaseURL(text)
        } catch {
            throw reader.error("base_url", "\(error)")
        }
        var api = Configuration.API(baseURL: baseURL)
        if let timeout = try reader.duration("request_timeout") { api.requestTimeout = timeout }
        if let requests = try reader.integer("max_requests", atLeast: 1) { api.maxRequests = requests }
        if let per = try reader.duration("per") { api.per = per }
        try reader.finish()
        return api
    }

    private static func polling(_ reader: inout YAMLReader) throws(ConfigurationError)
        -> Configuration.Polling
    {
        var polling = Configuration.Polling()
        if let value = try reader.duration("interval") { polling.interval = value }
        if let value = try reader.duration("discovery_interval") { polling.discoveryInterval = value }
        if let value = try reader.duration("initial_lookback") { polling.initialLookback = value }
        if let value = try reader.duration("overlap") { polling.overlap = value }
        if let value = try reader.duration("rescan_interval") { polling.rescanInterval = value }
        if let value = try reader.duration("rescan_lookback") { polling.rescanLookback = value }
        try reader.finish()
        return polling
    }

    private static func stuckAfter(
        _ reader: inout YAMLReader
    ) throws(ConfigurationError) -> Configuration.StuckAfter {
        var stuckAfter = Configuration.StuckAfter()
        if let value = try reader.duration("attestation") { stuckAfter.attestation = value }
        if let value = try reader.duration("crypt_key_rotation") { stuckAfter.cryptKeyRotation = value }
        if let value = try reader.duration("pki_rotation") { stuckAfter.pkiRotation = value }
        if let value = try reader.duration("upgrade") { stuckAfter.upgrade = value }
        if let value = try reader.duration("rekey") { stuckAfter.rekey = value }
        try reader.finish()
        return stuckAfter
    }

    private static func windows(_ reader: inout YAMLReader) throws(ConfigurationError)
        -> [PrometheusDuration]?
    {
        let key = "failure_ratio_windows"
        guard let nodes = try reader.list(key) else { return nil }
        guard !nodes.isEmpty else { throw reader.error(key, "is empty; leave it out for 1h and 1d") }
        var windows: [PrometheusDuration] = []
        for text in try reader.strings(key) {
            guard let window = PrometheusDuration(text), window.milliseconds > 0 else {
                throw reader.error(key, YAMLReader.noDuration(text))
            }
            guard !windows.contains(window) else { throw reader.error(key, "has \(window) twice") }
            windows.append(window)
        }
        return windows
    }
}
