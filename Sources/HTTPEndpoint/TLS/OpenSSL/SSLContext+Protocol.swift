// SPDX-License-Identifier: Apache-2.0

import CLibSSL

extension SSLContext {
    /// Sets the protocol versions, the cipher suites and the curves.
    ///
    /// - Throws: an error that names the configuration key.
    borrowing func configureProtocol(_ settings: TLSSettings) throws(EndpointError) {
        let ciphers = try CipherSuite.openSSLNames(of: settings.cipherSuites)
        let oldest = try Self.oldestVersion(of: settings, with: ciphers)
        guard
            unsafe clibssl_set_versions(pointer, Int32(oldest.number), Int32(settings.maximumVersion.number))
                == 1
        else {
            throw EndpointError(
                "min_version, max_version: \(OpenSSLErrors.takeReasons()); use TLS12 and TLS13"
            )
        }
        // TLS 1.0 and 1.1 need SHA-1 signatures, which OpenSSL allows at security level 0 only. For newer versions the
        // level of the distribution applies.
        if oldest < .tls12 { unsafe SSL_CTX_set_security_level(pointer, 0) }
        if !ciphers.isEmpty, unsafe SSL_CTX_set_cipher_list(pointer, ciphers.joined(separator: ":")) != 1 {
            throw EndpointError(
                "cipher_suites: OpenSSL supports none of them: \(OpenSSLErrors.takeReasons()); choose other suites"
            )
        }
        let curves = try Curve.openSSLList(of: settings.curves)
        guard unsafe clibssl_set_groups(pointer, curves) == 1 else {
            throw EndpointError(
                "curve_preferences: OpenSSL does not support them: \(OpenSSLErrors.takeReasons()); choose other curves"
            )
        }
    }

    /// Returns the lowest version in which a handshake can succeed.
    private static func oldestVersion(
        of settings: TLSSettings,
        with ciphers: [String]
    ) throws(EndpointError) -> TLSVersion {
        guard settings.minimumVersion <= settings.maximumVersion else {
            throw EndpointError(
                "min_version: \(settings.minimumVersion.rawValue) is above max_version "
                    + "\(settings.maximumVersion.rawValue); lower it, or raise max_version"
            )
        }
        guard ciphers.isEmpty else { return settings.minimumVersion }
        guard settings.maximumVersion == .tls13 else {
            throw EndpointError(
                "cipher_suites: all of them are of TLS 1.3, but max_version is "
                    + "\(settings.maximumVersion.rawValue); add a suite of TLS 1.2, or raise max_version"
            )
        }
        return .tls13
    }
}
