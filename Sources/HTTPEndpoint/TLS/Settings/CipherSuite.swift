// SPDX-License-Identifier: Apache-2.0

/// A cipher suite with its IANA name and its OpenSSL name.
struct CipherSuite: Sendable {
    /// The IANA name, which Go and exporter-toolkit use.
    let name: String

    /// The OpenSSL name; `nil` for a suite of TLS 1.3, which cannot be selected.
    let openSSLName: String?

    /// The suites that exporter-toolkit accepts, in Go's order of preference.
    ///
    /// The last four have no forward secrecy. They are accepted, but not enabled by default.
    ///
    /// Source: Go, crypto/tls/cipher_suites.go; openssl-ciphers(1).
    static let supported: [CipherSuite] = [
        CipherSuite(name: "TLS_AES_128_GCM_SHA256", openSSLName: nil),
        CipherSuite(name: "TLS_AES_256_GCM_SHA384", openSSLName: nil),
        CipherSuite(name: "TLS_CHACHA20_POLY1305_SHA256", openSSLName: nil),
        ephemeral("ECDSA_WITH_AES_128_GCM_SHA256", "ECDSA-AES128-GCM-SHA256"),
        ephemeral("RSA_WITH_AES_128_GCM_SHA256", "RSA-AES128-GCM-SHA256"),
        ephemeral("ECDSA_WITH_AES_256_GCM_SHA384", "ECDSA-AES256-GCM-SHA384"),
        ephemeral("RSA_WITH_AES_256_GCM_SHA384", "RSA-AES256-GCM-SHA384"),
        ephemeral("ECDSA_WITH_CHACHA20_POLY1305_SHA256", "ECDSA-CHACHA20-POLY1305"),
        ephemeral("RSA_WITH_CHACHA20_POLY1305_SHA256", "RSA-CHACHA20-POLY1305"),
        ephemeral("ECDSA_WITH_AES_128_CBC_SHA", "ECDSA-AES128-SHA"),
        ephemeral("RSA_WITH_AES_128_CBC_SHA", "RSA-AES128-SHA"),
        ephemeral("ECDSA_WITH_AES_256_CBC_SHA", "ECDSA-AES256-SHA"),
        ephemeral("RSA_WITH_AES_256_CBC_SHA", "RSA-AES256-SHA"),
        CipherSuite(name: "TLS_RSA_WITH_AES_128_GCM_SHA256", openSSLName: "AES128-GCM-SHA256"),
        CipherSuite(name: "TLS_RSA_WITH_AES_256_GCM_SHA384", openSSLName: "AES256-GCM-SHA384"),
        CipherSuite(name: "TLS_RSA_WITH_AES_128_CBC_SHA", openSSLName: "AES128-SHA"),
        CipherSuite(name: "TLS_RSA_WITH_AES_256_CBC_SHA", openSSLName: "AES256-SHA"),
    ]

    /// The OpenSSL names of the default suites: all suites with forward secrecy.
    static var defaults: [String] { supported.compactMap(\.openSSLName).filter { $0.hasPrefix("ECDHE-") } }

    /// Returns the OpenSSL names of cipher suites.
    ///
    /// - Parameter names: the IANA names from the configuration; an empty list means the defaults.
    /// - Returns: an empty list if all suites are of TLS 1.3.
    /// - Throws: an error with the supported names if a name is unknown.
    static func openSSLNames(of names: [String]) throws(EndpointError) -> [String] {
        if names.isEmpty { return defaults }
        var found: [String] = []
        for name in names {
            guard let suite = supported.first(where: { $0.name == name }) else {
                let list = supported.map(\.name).joined(separator: ", ")
                throw EndpointError("cipher_suites: contains an unknown name; use some of \(list)")
            }
            if let name = suite.openSSLName, !found.contains(name) { found.append(name) }
        }
        return found
    }

    private static func ephemeral(_ name: String, _ openSSLName: String) -> CipherSuite {
        CipherSuite(name: "TLS_ECDHE_\(name)", openSSLName: "ECDHE-\(openSSLName)")
    }
}
