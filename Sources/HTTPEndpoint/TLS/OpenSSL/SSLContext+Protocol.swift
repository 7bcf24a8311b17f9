// SPDX-License-Identifier: Apache-2.0

import CLibSSL

extension SSLContext {
    /// Sets the versions, the cipher suites and the curves.
    ///
    /// - Throws: an error that names the key of the configuration.
    borrowing func speak(_ settings: TLSSettings) throws(EndpointError) {
        let ciphers = try CipherSuite.openSSLNames(of: settings.cipherSuites)
        let oldest = try Self.oldestVersion(of: settings, with: ciphers)
        guard
            unsafe clibssl_set_versions(pointer, Int32(oldest.number), Int32(settings.maximumVersion.number))
                == 1
        else {
            throw EndpointError("min_version, max_version: \(OpenSSLErrors.take()).")
        }
        // OpenSSL signs nothing of TLS 1.0 and 1.1 (SHA-1) above security level 0, so that to ask for them is to ask
        // for that; the level of the distribution holds otherwise.
        if oldest < .tls12 { unsafe SSL_CTX_set_security_level(pointer, 0) }
        if !ciphers.isEmpty, unsafe SSL_CTX_set_cipher_list(pointer, ciphers.joined(separator: ":")) != 1 {
            throw EndpointError("cipher_suites: OpenSSL offers none of them: \(OpenSSLErrors.take()).")
        }
        let curves = try Curve.openSSLList(of: settings.curves)
        guard unsafe clibssl_set_groups(pointer, curves) == 1 else {
            throw EndpointError("curve_preferences: OpenSSL does not offer them: \(OpenSSLErrors.take()).")
        }
    }

    /// The version below which there is nothing in common with any client.
    private static func oldestVersion(
        of settings: TLSSettings,
        with ciphers: [String]
    ) throws(EndpointError) -> TLSVersion {
        guard settings.minimumVersion <= settings.maximumVersion else {
            throw EndpointError(
                "min_version: \(settings.minimumVersion.rawValue) is above max_version "
                    + "\(settings.maximumVersion.rawValue); no client could connect."
            )
        }
        guard ciphers.isEmpty else { return settings.minimumVersion }
        guard settings.maximumVersion == .tls13 else {
            throw EndpointError(
                "cipher_suites: all of them are of TLS 1.3, and max_version is "
                    + "\(settings.maximumVersion.rawValue); no client could connect."
            )
        }
        return .tls13
    }
}
