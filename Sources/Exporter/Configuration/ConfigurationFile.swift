// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorSnapshots
import WireText
import Yams

/// The reader of the configuration file.
///
/// Each error names the file, the line and the key.
package enum ConfigurationFile {
    /// The maximum size in bytes: enough for the identifiers of 100,000 connectors.
    private static let maxSize = 16 << 20

    /// Loads a file, and checks the token files that it names.
    package static func load(_ path: String) throws(ConfigurationError) -> Configuration {
        var files = WatchedFiles()
        let text = try files.text(at: path, limit: maxSize, flag: "--config.file")
        return try parse(text, path: path)
    }

    /// Parses the text of a file, and checks the token files that it names.
    ///
    /// - Parameters:
    ///   - text: the YAML text.
    ///   - path: the path for errors. Token files are relative to its directory.
    /// - Returns: the configuration, with defaults for absent keys.
    /// - Throws: the first error.
    package static func parse(_ text: String, path: String) throws(ConfigurationError) -> Configuration {
        guard let root = try YAMLDocument.root(of: text, path: path) else {
            throw ConfigurationError("\(path):1: is empty; add accounts")
        }
        let keys = [
            "accounts", "api", "polling", "stuck_after", "failure_ratio_windows", "forget_tunnels_after",
            "snapshots", "storage", "events_log",
        ]
        let top = try YAMLMapping(root, file: path, prefix: "", keys: keys)
        var configuration = Configuration(accounts: try accounts(top), api: try api(top))
        configuration.polling = try polling(top)
        configuration.stuckAfter = try stuckAfter(top)
        if let windows = try windows(top) { configuration.failureRatioWindows = windows }
        try top.read("forget_tunnels_after", atMost: year, into: &configuration.forgetTunnelsAfter)
        configuration.snapshots = try snapshots(top)
        let storage = try top.mapping("storage", keys: ["events_retention"])
        try storage.read("events_retention", atMost: year, into: &configuration.storage.eventsRetention)
        configuration.eventsLog = try eventsLog(top)
        return configuration
    }

    private static func accounts(_ top: YAMLMapping) throws(ConfigurationError) -> [Configuration.Account] {
        guard let nodes = try top.list("accounts"), !nodes.isEmpty else {
            throw top.error(
                "accounts",
                "is missing; list at least one account with account_id and api_token_file"
            )
        }
        var accounts: [Configuration.Account] = []
        for (index, node) in nodes.enumerated() {
            let mapping = try YAMLMapping(
                node,
                file: top.file,
                prefix: "accounts[\(index)].",
                keys: ["account_id", "api_token_file", "connectors"]
            )
            let account = try account(mapping)
            guard !accounts.contains(where: { $0.accountID == account.accountID }) else {
                throw mapping.error(
                    "account_id",
                    "is a duplicate; list each account once"
                )
            }
            accounts.append(account)
        }
        return accounts
    }

    private static func account(_ mapping: YAMLMapping) throws(ConfigurationError) -> Configuration.Account {
        guard let id = try mapping.string("account_id") else {
            throw mapping.error(
                "account_id",
                "is missing; add the account id, 32 lower-case hexadecimal digits"
            )
        }
        if let problem = Configuration.accountIDProblem(id) { throw mapping.error("account_id", problem) }
        guard let tokenFile = try mapping.path("api_token_file") else {
            throw mapping.error("api_token_file", "is missing; name the file with the API token")
        }
        let connectors = try mapping.mapping("connectors", keys: ["include", "exclude"])
        let include = Set(try connectors.strings("include", problem: connectorIDProblem))
        let exclude = Set(try connectors.strings("exclude", problem: connectorIDProblem))
        guard include.isDisjoint(with: exclude) else {
            throw connectors.error(
                "exclude",
                "contains an id that is also in include; remove it from one of the lists"
            )
        }
        // The first poll could report the problem of a token file, but not the line and the key.
        do throws(ConfigurationError) {
            _ = try ReloadingToken.readCredential(at: tokenFile)
        } catch {
            throw mapping.error("api_token_file", error.description)
        }
        return Configuration.Account(
            accountID: id,
            token: .file(path: tokenFile),
            include: include,
            exclude: exclude
        )
    }

    /// Returns the problem of a text that is not a connector identifier, or `nil` if it may be one.
    ///
    /// Cloudflare does not document the format. The check rejects names and numbers in the wrong place.
    private static func connectorIDProblem(_ text: String) -> String? {
        let isIdentifier =
            text.utf8.count <= 64
            && text.utf8.allSatisfy { byte in
                byte.isDigit || byte.isLetter || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
        guard !isIdentifier else { return nil }
        return "contains an item that is not a connector id; use at most 64 letters, digits, - and _"
    }

    private static let hour = PrometheusDuration.seconds(3600)
    private static let day = PrometheusDuration.seconds(86400)
    private static let week = PrometheusDuration.seconds(7 * 86400)
    private static let year = PrometheusDuration.seconds(365 * 86400)

    private static func api(_ top: YAMLMapping) throws(ConfigurationError) -> Configuration.API {
        let mapping = try top.mapping("api", keys: ["base_url", "request_timeout", "max_requests", "per"])
        let text = try mapping.string("base_url") ?? Configuration.defaultBaseURL
        let baseURL: BaseURL
        do throws(BaseURLError) {
            baseURL = try BaseURL(text)
        } catch {
            throw mapping.error("base_url", "\(error)")
        }
        var api = Configuration.API(baseURL: baseURL)
        try mapping.read("request_timeout", atMost: hour, into: &api.requestTimeout)
        if let requests = try mapping.integer("max_requests", in: 1...1_000_000) {
            api.maxRequests = requests
        }
        try mapping.read("per", atMost: day, into: &api.per)
        return api
    }

    private static func polling(_ top: YAMLMapping) throws(ConfigurationError) -> Configuration.Polling {
        let mapping = try top.mapping(
            "polling",
            keys: [
                "interval", "discovery_interval", "initial_lookback", "overlap", "rescan_interval",
                "rescan_lookback",
            ]
        )
        var polling = Configuration.Polling()
        try mapping.read("interval", atMost: day, into: &polling.interval)
        try mapping.read("discovery_interval", atMost: day, into: &polling.discoveryInterval)
        try mapping.read("initial_lookback", atMost: year, into: &polling.initialLookback)
        try mapping.read("overlap", atMost: week, into: &polling.overlap)
        try mapping.read("rescan_interval", atMost: week, into: &polling.rescanInterval)
        try mapping.read("rescan_lookback", atMost: year, into: &polling.rescanLookback)
        return polling
    }

    private static func stuckAfter(_ top: YAMLMapping) throws(ConfigurationError) -> Configuration.StuckAfter
    {
        let mapping = try top.mapping(
            "stuck_after",
            keys: ["attestation", "crypt_key_rotation", "pki_rotation", "upgrade", "rekey"]
        )
        var stuckAfter = Configuration.StuckAfter()
        try mapping.read("attestation", atMost: year, into: &stuckAfter.attestation)
        try mapping.read("crypt_key_rotation", atMost: year, into: &stuckAfter.cryptKeyRotation)
        try mapping.read("pki_rotation", atMost: year, into: &stuckAfter.pkiRotation)
        try mapping.read("upgrade", atMost: year, into: &stuckAfter.upgrade)
        try mapping.read("rekey", atMost: year, into: &stuckAfter.rekey)
        return stuckAfter
    }

    private static func snapshots(_ top: YAMLMapping) throws(ConfigurationError) -> Configuration.Snapshots {
        let keys = ["enabled", "interval", "collectors", "all_fields"]
        let mapping = try top.mapping("snapshots", keys: keys)
        var snapshots = Configuration.Snapshots()
        if let isEnabled = try mapping.boolean("enabled") { snapshots.isEnabled = isEnabled }
        try mapping.read("interval", atMost: day, into: &snapshots.interval)
        if try mapping.list("collectors") != nil {
            snapshots.collectors = try collectors("collectors", of: mapping)
        }
        snapshots.allFields = try collectors("all_fields", of: mapping)
        if let off = snapshots.allFields.subtracting(snapshots.collectors).map(\.rawValue).min() {
            throw mapping.error("all_fields", "contains \(off), which is not in collectors; add it there")
        }
        return snapshots
    }

    private static func eventsLog(_ top: YAMLMapping) throws(ConfigurationError) -> Configuration.EventsLog {
        let mapping = try top.mapping("events_log", keys: ["path", "format"])
        var log = Configuration.EventsLog()
        let isStandardOutput = try mapping.string("path") == EventLogOutput.standardOutput
        log.path = isStandardOutput ? EventLogOutput.standardOutput : try mapping.path("path")
        if let format = try mapping.string("format"), format != "json" {
            throw mapping.error("format", "is not a format of the event log; use json")
        }
        return log
    }

    private static func collectors(
        _ key: String,
        of mapping: YAMLMapping
    ) throws(ConfigurationError) -> Set<SnapshotCollector> {
        let names = try mapping.strings(key) { name in
            guard SnapshotCollector(rawValue: name) == nil else { return nil }
            let known = SnapshotCollector.allCases.map(\.rawValue).joined(separator: ", ")
            return "contains an unknown collector; use \(known)"
        }
        return Set(names.compactMap(SnapshotCollector.init(rawValue:)))
    }

    private static func windows(_ top: YAMLMapping) throws(ConfigurationError) -> [PrometheusDuration]? {
        let key = "failure_ratio_windows"
        guard let windows = try top.durations(key, atMost: year) else { return nil }
        guard !windows.isEmpty else {
            throw top.error(key, "is empty; list at least one window, or remove the key for 1h and 1d")
        }
        return windows
    }
}
