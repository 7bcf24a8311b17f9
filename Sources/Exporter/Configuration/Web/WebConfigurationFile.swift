// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import LinuxSystem
import Yams

/// The reader of the web configuration file, in the format of exporter-toolkit.
///
/// Each error names the file, the line and the key.
///
/// Settings that this endpoint cannot honour are errors; exporter-toolkit ignores some of them. A setting without effect
/// would make an operator believe that the endpoint is protected.
///
/// Source: github.com/prometheus/exporter-toolkit, docs/web-configuration.md.
package enum WebConfigurationFile {
    /// The maximum size of the file, of certificates and of keys, in bytes.
    static let maxSize = 1 << 20

    /// Loads a file, with its certificates and keys.
    package static func load(_ path: String) throws(ConfigurationError) -> WebConfiguration {
        var files = WatchedFiles()
        return try load(path, files: &files)
    }

    /// Loads a file, and records every file that was read, also if loading fails.
    static func load(_ path: String, files: inout WatchedFiles) throws(ConfigurationError) -> WebConfiguration
    {
        let text = try files.text(at: path, limit: maxSize, flag: "--web.config.file")
        return try parse(text, path: path, files: &files)
    }

    /// Parses the text of a file, with its certificates and keys.
    ///
    /// - Parameters:
    ///   - text: the YAML text.
    ///   - path: the path for errors. Other files are relative to its directory.
    ///   - files: records every file that is read.
    /// - Returns: the configuration. An empty text results in cleartext without passwords.
    /// - Throws: the first error.
    static func parse(
        _ text: String,
        path: String,
        files: inout WatchedFiles
    ) throws(ConfigurationError) -> WebConfiguration {
        guard let root = try YAMLDocument.root(of: text, path: path), !root.isEmptyValue else {
            return WebConfiguration()
        }
        let keys = ["tls_server_config", "http_server_config", "basic_auth_users", "rate_limit"]
        let top = try YAMLMapping(root, file: path, prefix: "", keys: keys)
        var configuration = WebConfiguration()
        configuration.headers = try headers(top)
        configuration.users = try users(top)
        configuration.rateLimit = try rateLimit(top)
        configuration.tls = try tls(top, files: &files)
        return configuration
    }

    /// The allowed header fields with their allowed values; empty for any value.
    private static let headerFields: [(name: String, values: [String])] = [
        ("Strict-Transport-Security", []), ("X-Content-Type-Options", ["nosniff"]),
        ("X-Frame-Options", ["deny", "sameorigin"]), ("X-XSS-Protection", []),
        ("Content-Security-Policy", []),
    ]

    private static func headers(_ top: YAMLMapping) throws(ConfigurationError) -> [HeaderMiddleware.Field] {
        let server = try top.mapping("http_server_config", keys: ["http2", "headers"])
        if try server.boolean("http2") == true {
            throw server.error(
                "http2",
                "true is not allowed, because the endpoint supports only HTTP/1.1; remove the key or use false"
            )
        }
        let mapping = try server.mapping("headers", keys: headerFields.map(\.name))
        var fields: [HeaderMiddleware.Field] = []
        for (name, values) in headerFields {
            // As in exporter-toolkit, an empty value omits the field.
            guard let value = try mapping.string(name), !value.isEmpty else { continue }
            if let problem = headerProblem(name, value: value, allowed: values) {
                throw mapping.error(name, problem)
            }
            fields.append(HeaderMiddleware.Field(name: name, value: value))
        }
        return fields
    }

    private static func headerProblem(_ name: String, value: String, allowed: [String]) -> String? {
        guard allowed.isEmpty || allowed.contains(value) else {
            return "is not allowed; use \(allowed.joined(separator: " or "))"
        }
        guard value.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            return "contains characters that are not allowed in a header field; use printable ASCII"
        }
        guard name != "Strict-Transport-Security" || isTransportSecurity(value) else {
            return "is not allowed; use exactly one max-age, like max-age=31536000"
        }
        return nil
    }

    /// Returns whether a value has exactly one `max-age` directive (RFC 6797, 6.1.1).
    private static func isTransportSecurity(_ value: String) -> Bool {
        let ages = value.split(separator: ";").map { $0.trimmingPrefix(while: { $0 == " " }).lowercased() }
            .filter { $0.hasPrefix("max-age") }
        return ages.count == 1 && ages[0].wholeMatch(of: /max-age *= *("[0-9]+"|[0-9]+) */) != nil
    }

    private static func users(_ top: YAMLMapping) throws(ConfigurationError) -> [WebConfiguration.User] {
        var users: [WebConfiguration.User] = []
        for entry in try top.entries("basic_auth_users") {
            guard !entry.name.contains(":") else {
                throw entry.error(
                    "is not a user name, because the name ends at the colon in HTTP; use another name"
                )
            }
            do throws(PasswordHashError) {
                users.append(WebConfiguration.User(name: entry.name, hash: try PasswordHash(entry.text)))
            } catch {
                throw entry.error(error.description)
            }
        }
        return users
    }

    private static let day = Duration.seconds(86400)

    private static func rateLimit(
        _ top: YAMLMapping
    ) throws(ConfigurationError) -> WebConfiguration.RateLimit? {
        let mapping = try top.mapping("rate_limit", keys: ["interval", "burst"])
        let burst = try mapping.integer("burst", in: 0...1_000_000)
        guard let text = try mapping.string("interval") else {
            guard burst == nil else {
                throw mapping.error("interval", "is missing; add a duration like 100ms or 1s")
            }
            return nil
        }
        guard let interval = GoDuration.parse(text) else {
            throw mapping.error(
                "interval",
                "is not a duration; write it like 100ms, 1s or 1m30s, or 0 for no limit"
            )
        }
        guard interval > .zero else { return nil }
        guard interval <= day else {
            throw mapping.error("interval", "is too long; use at most 24h")
        }
        guard let burst, burst > 0 else {
            throw mapping.error("burst", "is missing or 0, which would reject every request; use at least 1")
        }
        return WebConfiguration.RateLimit(interval: interval, burst: burst)
    }
}
