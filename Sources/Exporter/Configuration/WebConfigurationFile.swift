// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import LinuxSystem
import Yams

/// Reads the web configuration file, in the format of Prometheus's exporter-toolkit; every error names file, line and key.
///
/// Stricter than the toolkit in one thing: what could not be honoured is an error there and then. Nobody is to believe
/// that a listener is guarded by a line that does nothing.
///
/// Source: github.com/prometheus/exporter-toolkit, docs/web-configuration.md.
package enum WebConfigurationFile {
    /// Loads a file, and the certificates and keys that it names.
    package static func load(_ path: String) throws(ConfigurationError) -> WebConfiguration {
        var watch = FileWatch()
        return try load(path, watch: &watch)
    }

    /// Loads a file, and watches everything that was read for it, also where that fails.
    static func load(_ path: String, watch: inout FileWatch) throws(ConfigurationError) -> WebConfiguration {
        let bytes: [UInt8]
        do throws(FileReadError) {
            bytes = try watch.read(path)
        } catch {
            throw ConfigurationError("\(path): cannot be read: \(error); name it with --web.config.file")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError("\(path): is not UTF-8 text")
        }
        return try parse(text, path: path, watch: &watch)
    }

    /// Reads a text, and the certificates and keys that it names.
    ///
    /// - Parameters:
    ///   - text: YAML.
    ///   - path: named in errors; other files are relative to its directory.
    ///   - watch: takes what is read besides.
    /// - Returns: what the text says; nobody is asked for anything where it says nothing.
    /// - Throws: the first mistake, by file, line and key.
    static func parse(
        _ text: String,
        path: String,
        watch: inout FileWatch
    ) throws(ConfigurationError) -> WebConfiguration {
        guard let root = try YAMLDocument.root(of: text, path: path), !root.isEmptyValue else {
            return WebConfiguration()
        }
        let keys = ["tls_server_config", "http_server_config", "basic_auth_users", "rate_limit"]
        let top = try YAMLReader(root, file: path, prefix: "", keys: keys)
        var configuration = WebConfiguration()
        configuration.headers = try headers(top)
        configuration.users = try users(top)
        configuration.rateLimit = try rateLimit(top)
        configuration.tls = try tls(top, watch: &watch)
        return configuration
    }

    /// The fields that may be added, with the values that they may have; none for any value.
    private static let headerNames: [(name: String, values: [String])] = [
        ("Strict-Transport-Security", []), ("X-Content-Type-Options", ["nosniff"]),
        ("X-Frame-Options", ["deny", "sameorigin"]), ("X-XSS-Protection", []),
        ("Content-Security-Policy", []),
    ]

    private static func headers(_ top: YAMLReader) throws(ConfigurationError) -> [HeaderMiddleware.Field] {
        let server = try top.mapping("http_server_config", keys: ["http2", "headers"])
        if try server.boolean("http2") == true {
            throw server.error(
                "http2",
                "cannot be true, since this endpoint speaks HTTP/1.1; leave it out or write false"
            )
        }
        let reader = try server.mapping("headers", keys: headerNames.map(\.name))
        var fields: [HeaderMiddleware.Field] = []
        for (name, values) in headerNames {
            // An empty text unsets the field, as nothing at all does.
            guard let value = try reader.string(name), !value.isEmpty else { continue }
            guard values.isEmpty || values.contains(value) else {
                throw reader.error(
                    name,
                    "\(YAMLReader.shown(value)) is not a value of it; write \(values.joined(separator: " or "))"
                )
            }
            guard value.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
                throw reader.error(name, "\(YAMLReader.shown(value)) has characters that no header may have")
            }
            if name == "Strict-Transport-Security", !isTransportSecurity(value) {
                throw reader.error(
                    name,
                    "\(YAMLReader.shown(value)) has not exactly one max-age; write it like max-age=31536000"
                )
            }
            fields.append(HeaderMiddleware.Field(name: name, value: value))
        }
        return fields
    }

    /// Whether a value has the directive that it must have once (RFC 6797, 6.1.1).
    private static func isTransportSecurity(_ value: String) -> Bool {
        let ages = value.split(separator: ";").map { $0.trimmingPrefix(while: { $0 == " " }).lowercased() }
            .filter { $0.hasPrefix("max-age") }
        return ages.count == 1 && ages[0].wholeMatch(of: /max-age *= *("[0-9]+"|[0-9]+) */) != nil
    }

    private static func users(_ top: YAMLReader) throws(ConfigurationError) -> [WebConfiguration.User] {
        var users: [WebConfiguration.User] = []
        for entry in try top.entries("basic_auth_users") {
            guard !entry.name.contains(":") else {
                throw entry.error("is no name of a user, since a browser ends the name at the colon")
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

    private static func rateLimit(_ top: YAMLReader) throws(ConfigurationError) -> WebConfiguration.RateLimit?
    {
        let reader = try top.mapping("rate_limit", keys: ["interval", "burst"])
        let burst = try reader.integer("burst", in: 0...1_000_000)
        guard let text = try reader.string("interval") else {
            if burst != nil {
                throw reader.error("interval", "is missing; write how often, like 100ms or 1s")
            }
            return nil
        }
        guard let interval = GoDuration.parse(text) else {
            throw reader.error(
                "interval",
                "\(YAMLReader.shown(text)) is not a duration; write it like 100ms, 1s or 1m30s, or 0 for no limit"
            )
        }
        guard interval > .zero else { return nil }
        guard interval <= day else {
            throw reader.error("interval", "\(YAMLReader.shown(text)) is too long; write at most 24h")
        }
        guard let burst, burst > 0 else {
            throw reader.error("burst", "has to be 1 or more: with less, every request would be refused")
        }
        return WebConfiguration.RateLimit(interval: interval, burst: burst)
    }
}
