// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import LinuxSystem

extension WebConfigurationFile {
    private static let tlsKeys = [
        "cert_file", "cert", "key_file", "key", "client_auth_type", "client_ca_file", "client_ca",
        "client_allowed_sans", "min_version", "max_version", "cipher_suites", "prefer_server_cipher_suites",
        "curve_preferences",
    ]

    /// Reads `tls_server_config`, with the files that it names.
    ///
    /// - Returns: `nil` where there is nothing in it.
    static func tls(
        _ top: YAMLReader,
        watch: inout FileWatch
    ) throws(ConfigurationError) -> WebConfiguration.TLS? {
        let reader = try top.mapping("tls_server_config", keys: tlsKeys)
        guard !reader.isEmpty else { return nil }
        guard let certificate = try pem(reader, "cert", watch: &watch) else {
            throw reader.error(
                "cert_file",
                "is missing; name the file of the server's certificate, or write it into cert"
            )
        }
        guard let key = try pem(reader, "key", watch: &watch) else {
            throw reader.error(
                "key_file",
                "is missing; name the file of the certificate's key, or write it into key"
            )
        }
        var settings = TLSSettings(certificate: certificate, key: key)
        settings.clientAuthentication = try clientAuthentication(reader)
        settings.clientCAs = try pem(reader, "client_ca", watch: &watch)
        settings.allowedSANs = try reader.strings("client_allowed_sans")
        try checkClients(reader, settings)
        if let version = try version(reader, "min_version") { settings.minimumVersion = version }
        if let version = try version(reader, "max_version") { settings.maximumVersion = version }
        try checkVersions(reader, settings)
        settings.cipherSuites = try reader.strings("cipher_suites")
        settings.curves = try reader.strings("curve_preferences")
        if let prefers = try reader.boolean("prefer_server_cipher_suites") {
            settings.prefersServerCiphers = prefers
        }
        do throws(EndpointError) {
            return WebConfiguration.TLS(settings: settings, context: try TLSContext(settings))
        } catch {
            throw Self.error(error, about: settings, reader, top)
        }
    }

    /// Puts an error that names a file, or a key of the section, at the line that it is about.
    private static func error(
        _ error: EndpointError,
        about settings: TLSSettings,
        _ reader: YAMLReader,
        _ top: YAMLReader
    ) -> ConfigurationError {
        let what = error.description.hasSuffix(".") ? String(error.description.dropLast()) : error.description
        let origins = [
            ("cert", settings.certificate.source), ("key", settings.key.source),
            ("client_ca", settings.clientCAs?.source),
        ]
        for case (let key, let source?) in origins where what.hasPrefix("\(source): ") {
            guard reader.has(key) else { return reader.error("\(key)_file", what) }
            return reader.error(key, String(what.dropFirst(source.count + 2)))
        }
        for key in ["cipher_suites", "curve_preferences"] where what.hasPrefix("\(key): ") {
            return reader.error(key, String(what.dropFirst(key.count + 2)))
        }
        return top.error("tls_server_config", what)
    }

    /// Certificates or a key, from the file that `KEY_file` names or from the text of `KEY` itself.
    private static func pem(
        _ reader: YAMLReader,
        _ key: String,
        watch: inout FileWatch
    ) throws(ConfigurationError) -> TLSSettings.PEM? {
        let fileKey = "\(key)_file"
        let path = try reader.path(fileKey)
        guard let text = try reader.string(key), !text.isEmpty else {
            guard let path else { return nil }
            do throws(FileReadError) {
                return TLSSettings.PEM(source: path, bytes: try watch.read(path))
            } catch {
                throw reader.error(fileKey, "\(path): \(error); it has to be readable by this user")
            }
        }
        guard path == nil else { throw reader.error(key, "is given as \(fileKey) too; keep one of them") }
        return TLSSettings.PEM(source: "\(reader.prefix)\(key)", bytes: Array(text.utf8))
    }

    private static func clientAuthentication(_ reader: YAMLReader) throws(ConfigurationError)
        -> ClientAuthentication
    {
        let key = "client_auth_type"
        guard let text = try reader.string(key) else { return .none }
        if let type = ClientAuthentication.named(text) { return type }
        let known = ClientAuthentication.allCases.map(\.rawValue).joined(separator: ", ")
        throw reader.error(
            key,
            "\(YAMLReader.shown(text)) is no way to ask for certificates; write one of \(known)"
        )
    }

    /// What is said about clients' certificates must be something that they are asked for.
    private static func checkClients(_ reader: YAMLReader, _ settings: TLSSettings) throws(ConfigurationError)
    {
        if settings.clientCAs != nil, settings.clientAuthentication == .none {
            throw reader.error(
                reader.has("client_ca_file") ? "client_ca_file" : "client_ca",
                "does nothing where no client is asked for a certificate; add client_auth_type: RequireAndVerifyClientCert"
            )
        }
        guard reader.node("client_allowed_sans") != nil else { return }
        let key = "client_allowed_sans"
        guard !settings.allowedSANs.isEmpty else {
            throw reader.error(key, "is empty, so that no client would do; list names or leave it out")
        }
        let isRequired = [.requireAny, .requireAndVerify].contains(settings.clientAuthentication)
        guard isRequired else {
            throw reader.error(
                key,
                "needs client_auth_type: RequireAndVerifyClientCert (or RequireAnyClientCert); else a client with no "
                    + "certificate would pass"
            )
        }
    }

    private static func version(_ reader: YAMLReader, _ key: String) throws(ConfigurationError) -> TLSVersion?
    {
        guard let text = try reader.string(key) else { return nil }
        if let version = TLSVersion(rawValue: text) { return version }
        let known = TLSVersion.allCases.map(\.rawValue).sorted().joined(separator: ", ")
        throw reader.error(key, "\(YAMLReader.shown(text)) is no version of TLS; write one of \(known)")
    }

    private static func checkVersions(_ reader: YAMLReader, _ settings: TLSSettings)
        throws(ConfigurationError)
    {
        guard settings.minimumVersion > settings.maximumVersion else { return }
        throw reader.error(
            reader.has("min_version") ? "min_version" : "max_version",
            "\(settings.minimumVersion.rawValue) is above the most, \(settings.maximumVersion.rawValue)"
        )
    }
}
