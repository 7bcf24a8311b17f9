// SPDX-License-Identifier: Apache-2.0

import CLibSSL

extension SSLContext {
    /// Loads the server certificate, the intermediate certificates and the key.
    ///
    /// An expired certificate is accepted, as in Go, because clients check it.
    ///
    /// - Throws: an error that names the file and the problem.
    borrowing func loadCertificate(_ settings: TLSSettings) throws(EndpointError) {
        let context = unsafe pointer
        let text = settings.certificate
        var isFirst = true
        let count = try X509Certificate.forEach(in: text) { certificate throws(EndpointError) in
            defer { isFirst = false }
            let isAccepted: Bool
            if isFirst {
                isAccepted = unsafe SSL_CTX_use_certificate(context, certificate.pointer) == 1
            } else {
                isAccepted = unsafe Self.append(certificate, to: context)
            }
            guard isAccepted else {
                throw EndpointError(
                    "\(text.source): cannot use the certificate: \(OpenSSLErrors.takeReasons()); "
                        + "use a certificate that this OpenSSL accepts"
                )
            }
        }
        guard count > 0 else {
            throw EndpointError(
                "\(text.source): contains no certificate; use PEM with \"-----BEGIN CERTIFICATE-----\""
            )
        }
        try loadKey(settings)
    }

    private static func append(_ certificate: consuming X509Certificate, to context: OpaquePointer) -> Bool {
        let pointer = unsafe certificate.release()
        guard unsafe clibssl_add_chain_certificate(context, pointer) == 1 else {
            unsafe X509_free(pointer)
            return false
        }
        return true
    }

    private borrowing func loadKey(_ settings: TLSSettings) throws(EndpointError) {
        let text = settings.key
        let context = unsafe pointer
        try unsafe text.withBIO { source throws(EndpointError) in
            // Without a callback OpenSSL would prompt for the passphrase on the terminal.
            OpenSSLErrors.clear()
            guard let key = unsafe PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil) else {
                throw Self.unreadable(text)
            }
            defer { unsafe EVP_PKEY_free(key) }
            if let certificate = unsafe SSL_CTX_get0_certificate(context),
                unsafe X509_check_private_key(certificate, key) != 1
            {
                OpenSSLErrors.clear()
                throw EndpointError(
                    "\(text.source): the key does not match the certificate in \(settings.certificate.source); "
                        + "use the key that the certificate was issued for"
                )
            }
            guard unsafe SSL_CTX_use_PrivateKey(context, key) == 1 else {
                throw EndpointError(
                    "\(text.source): cannot use the key: \(OpenSSLErrors.takeReasons()); use a key that this OpenSSL accepts"
                )
            }
        }
    }

    private static func unreadable(_ text: TLSSettings.PEM) -> EndpointError {
        let reason = OpenSSLErrors.takeReasons()
        let content = String(decoding: text.bytes, as: UTF8.self)
        if content.contains("ENCRYPTED") {
            return EndpointError(
                "\(text.source): the key is encrypted, but passphrases are not supported; "
                    + "decrypt it with `openssl pkey -in ENCRYPTED -out DECRYPTED`"
            )
        }
        guard content.contains("PRIVATE KEY-----") else {
            return EndpointError(
                "\(text.source): contains no private key; use PEM with \"-----BEGIN PRIVATE KEY-----\""
            )
        }
        return EndpointError(
            "\(text.source): cannot read the private key: \(reason); replace it by a valid PEM key"
        )
    }
}
