// SPDX-License-Identifier: Apache-2.0

import CLibSSL

extension SSLContext {
    /// Takes the server's certificate, those behind it, and its key.
    ///
    /// A certificate that has expired is taken, as Go does: the client judges it.
    ///
    /// - Throws: an error that names the file and says what is wrong with it.
    borrowing func identify(by settings: TLSSettings) throws(EndpointError) {
        let context = unsafe pointer
        let text = settings.certificate
        var isFirst = true
        let count = try X509Certificate.readAll(of: text) { certificate throws(EndpointError) in
            defer { isFirst = false }
            let isTaken: Bool
            if isFirst {
                isTaken = unsafe SSL_CTX_use_certificate(context, certificate.pointer) == 1
            } else {
                isTaken = unsafe Self.append(certificate, to: context)
            }
            guard isTaken else {
                throw EndpointError(
                    "\(text.source): the certificate cannot be used: \(OpenSSLErrors.take())."
                )
            }
        }
        guard count > 0 else {
            throw EndpointError(
                "\(text.source): there is no certificate in it; it must be PEM, with \"-----BEGIN CERTIFICATE-----\"."
            )
        }
        try useKey(of: settings)
    }

    private static func append(_ certificate: consuming X509Certificate, to context: OpaquePointer) -> Bool {
        let pointer = unsafe certificate.release()
        guard unsafe clibssl_add_chain_certificate(context, pointer) == 1 else {
            unsafe X509_free(pointer)
            return false
        }
        return true
    }

    private borrowing func useKey(of settings: TLSSettings) throws(EndpointError) {
        let text = settings.key
        let context = unsafe pointer
        try unsafe text.lend { source throws(EndpointError) in
            // Without a callback OpenSSL would ask for the pass phrase on the terminal, and wait.
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
                    "\(text.source): the key does not belong to the certificate in \(settings.certificate.source)."
                )
            }
            guard unsafe SSL_CTX_use_PrivateKey(context, key) == 1 else {
                throw EndpointError("\(text.source): the key cannot be used: \(OpenSSLErrors.take()).")
            }
        }
    }

    private static func unreadable(_ text: TLSSettings.PEM) -> EndpointError {
        let reason = OpenSSLErrors.take()
        let content = String(decoding: text.bytes, as: UTF8.self)
        if content.contains("ENCRYPTED") {
            return EndpointError(
                "\(text.source): the key is encrypted, and nobody is there to give the pass phrase; "
                    + "decrypt it with `openssl pkey -in \(text.source) -out FILE`."
            )
        }
        guard content.contains("PRIVATE KEY-----") else {
            return EndpointError(
                "\(text.source): there is no private key in it; it must be PEM, "
                    + "with \"-----BEGIN PRIVATE KEY-----\" or the like."
            )
        }
        return EndpointError("\(text.source): the private key cannot be read: \(reason).")
    }
}
