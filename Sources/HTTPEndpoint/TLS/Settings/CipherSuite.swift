// SPDX-License-Identifier: Apache-2.0

/// A cipher suite by the names of both worlds.
struct CipherSuite: Sendable {
    /// The name of the IANA registry, which Go and exporter-toolkit use.
    let name: String

    /// OpenSSL's name; `nil` for one of TLS 1.3, which cannot be chosen.
    let openSSLName: String?

    /// What exporter-toolkit takes, in the order of Go's preference.
    ///
    /// The four at the end have no forward secrecy: they are taken, and are not among the defaults.
    ///
    /// Source: Go, crypto/tls/cipher_suites.go; openssl-ciphers(1).
    static let known: [CipherSuite] = [
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

    /// What is spoken where nothing is chosen: every suite with forward secrecy.
    static var defaults: [String] { known.compactMap(\.openSSLName).filter { $0.hasPrefix("ECDHE-") } }

    /// Finds OpenSSL's names.
    ///
    /// - Parameter names: as a configuration has them; none means the defaults.
    /// - Returns: empty where only suites of TLS 1.3 are named.
    /// - Throws: an error that lists the known names where one is unknown.
    static func openSSLNames(of names: [String]) throws(EndpointError) -> [String] {
        if names.isEmpty { return defaults }
        var found: [String] = []
        for name in names {
            guard let suite = known.first(where: { $0.name == name }) else {
                let list = known.map(\.name).joined(separator: ", ")
                throw EndpointError("cipher_suites: \"\(name)\" is not known; use some of \(list).")
            }
            if let name = suite.openSSLName, !found.contains(name) { found.append(name) }
        }
        return found
    }

    private static func ephemeral(_ name: String, _ openSSLName: String) -> CipherSuite {
        CipherSuite(name: "TLS_ECDHE_\(name)", openSSLName: "ECDHE-\(openSSLName)")
    }
}
