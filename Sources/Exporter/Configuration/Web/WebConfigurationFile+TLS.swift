// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import LinuxSystem

extension WebConfigurationFile {
    private static let tlsKeys = [
        "cert_file", "cert", "key_file", "key", "client_auth_type", "client_ca_file", "client_ca",
        "client_allowed_sans", "min_version", "max_version", "cipher_suites", "prefer_server_cipher_suites",
        "curve_preferences",
    ]

    /// Reads `tls_server_config`, with its certificates and keys.
    ///
    /// - Returns: the settings, or `nil` if the section is absent or empty.
    static func tls(
        _ top: YAMLMapping,
        files: inout WatchedFiles
    ) throws(ConfigurationError) -> WebConfiguration.TLS? {
        let mapping = try top.mapping("tls_server_config", keys: tlsKeys)
        guard !mapping.isEmpty else { return nil }
        guard let certificate = try pem(mapping, "cert", files: &files) else {
            throw mapping.error(
                "cert_file",
                "is missing; name the file of the server's certificate, or add the certificate as cert"
            )
        }
        guard let key = try pem(mapping, "key", files: &files) else {
            throw mapping.error(
                "key_file",
                "is missing; name the file of the certificate's key, or add the key as key"
            )
        }
        var settings = TLSSettings(certificate: certificate, key: key)
        settings.clientAuthentication = try clientAuthentication(mapping)
        settings.clientCAs = try pem(mapping, "client_ca", files: &files)
        settings.allowedSANs = try mapping.strings("client_allowed_sans")
        try checkClientAuthentication(mapping, settings)
        if let version = try version(mapping, "min_version") { settings.minimumVersion = version }
        if let version = try version(mapping, "max_version") { settings.maximumVersion = version }
        try checkVersions(mapping, settings)
        settings.cipherSuites = try mapping.strings("cipher_suites")
        settings.curves = try mapping.strings("curve_preferences")
        if let prefers = try mapping.boolean("prefer_server_cipher_suites") {
            settings.prefersServerCiphers = prefers
        }
        do throws(EndpointError) {
            return WebConfiguration.TLS(settings: settings, context: try TLSContext(settings))
        } catch {
            throw Self.error(error, about: settings, mapping, top)
        }
    }

    /// Adds the line and the key to an error of the endpoint, which starts with a key.
    private static func error(
        _ error: EndpointError,
        about settings: TLSSettings,
        _ mapping: YAMLMapping,
        _ top: YAMLMapping
    ) -> ConfigurationError {
        let problem =
            error.description.hasSuffix(".") ? String(error.description.dropLast()) : error.description
        let sources = [settings.certificate.source, settings.key.source, settings.clientCAs?.source]
        let keys = sources.compactMap(\.self) + ["cipher_suites", "curve_preferences"]
        for key in keys where problem.hasPrefix("\(key): ") {
            return mapping.error(key, String(problem.dropFirst(key.count + 2)))
        }
        return top.error("tls_server_config", problem)
    }

    /// Reads certificates or a key, from the file that `KEY_file` names or from the text of `KEY`.
    private static func pem(
        _ mapping: YAMLMapping,
        _ key: String,
        files: inout WatchedFiles
    ) throws(ConfigurationError) -> TLSSettings.PEM? {
        let fileKey = "\(key)_file"
        let path = try mapping.path(fileKey)
        if let text = try mapping.string(key), !text.isEmpty {
            guard path == nil else {
                throw mapping.error(key, "is present together with \(fileKey); remove one of them")
            }
            return TLSSettings.PEM(source: key, bytes: Array(text.utf8))
        }
        guard let path else { return nil }
        do throws(FileReadError) {
            return TLSSettings.PEM(source: fileKey, bytes: try files.bytes(at: path, limit: maxSize))
        } catch {
            throw mapping.error(fileKey, "cannot be read: \(error); name a PEM file that this user may read")
        }
    }

    private static func clientAuthentication(
        _ mapping: YAMLMapping
    ) throws(ConfigurationError) -> ClientAuthentication {
        let key = "client_auth_type"
        guard let text = try mapping.string(key) else { return .none }
        if let type = ClientAuthentication.named(text) { return type }
        let types = ClientAuthentication.allCases.map(\.rawValue).joined(separator: ", ")
        throw mapping.error(key, "is not allowed; use one of \(types)")
    }

    /// Rejects settings for client certificates that protect nothing, because no certificate is verified.
    private static func checkClientAuthentication(
        _ mapping: YAMLMapping,
        _ settings: TLSSettings
    ) throws(ConfigurationError) {
        let type = settings.clientAuthentication
        if let authorities = settings.clientCAs, ![.verifyIfGiven, .requireAndVerify].contains(type) {
            throw mapping.error(
                authorities.source,
                "has no effect, because no client certificate is verified; "
                    + "use client_auth_type: RequireAndVerifyClientCert"
            )
        }
        let key = "client_allowed_sans"
        guard mapping.node(key) != nil else { return }
        guard !settings.allowedSANs.isEmpty else {
            throw mapping.error(
                key,
                "is empty, which would reject every client; list names or remove the key"
            )
        }
        guard type == .requireAndVerify else {
            throw mapping.error(
                key,
                "has no effect on clients without a verified certificate; "
                    + "use client_auth_type: RequireAndVerifyClientCert"
            )
        }
    }

    private static func version(
        _ mapping: YAMLMapping,
        _ key: String
    ) throws(ConfigurationError) -> TLSVersion? {
        guard let text = try mapping.string(key) else { return nil }
        if let version = TLSVersion(rawValue: text) { return version }
        let versions = TLSVersion.allCases.map(\.rawValue).sorted().joined(separator: ", ")
        throw mapping.error(key, "is not allowed; use one of \(versions)")
    }

    private static func checkVersions(
        _ mapping: YAMLMapping,
        _ settings: TLSSettings
    ) throws(ConfigurationError) {
        guard settings.minimumVersion > settings.maximumVersion else { return }
        let (minimum, maximum) = (settings.minimumVersion.rawValue, settings.maximumVersion.rawValue)
        throw mapping.error(
            mapping.has("min_version") ? "min_version" : "max_version",
            "min_version \(minimum) is above max_version \(maximum); use a maximum of at least \(minimum)"
        )
    }
}
