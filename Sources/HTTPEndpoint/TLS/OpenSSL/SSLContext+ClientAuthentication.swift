// SPDX-License-Identifier: Apache-2.0

import CLibSSL

extension SSLContext {
    /// Sets whether client certificates are requested, and how they are verified.
    ///
    /// - Parameters:
    ///   - settings: the requirements.
    ///   - verifier: verifies the certificates. It must outlive the context and its sessions.
    /// - Throws: an error that names the file or the configuration key.
    borrowing func configureClientAuthentication(
        _ settings: TLSSettings,
        _ verifier: ClientCertificateVerifier
    ) throws(EndpointError) {
        try Self.check(settings)
        let authentication = settings.clientAuthentication
        guard authentication != .none else { return }
        if let authorities = settings.clientCAs {
            try trust(authorities)
        } else if authentication.verifiesChain {
            // As in Go: without client CAs, those of the system apply.
            unsafe SSL_CTX_set_default_verify_paths(pointer)
        }
        let isRequired = authentication.requiresCertificate || !settings.allowedSANs.isEmpty
        let mode = SSL_VERIFY_PEER | (isRequired ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0)
        unsafe SSL_CTX_set_verify(pointer, mode, nil)
        unsafe SSL_CTX_set_cert_verify_callback(
            pointer,
            { store, argument in
                guard let store = unsafe store, let argument = unsafe argument else { return 0 }
                return unsafe Unmanaged<ClientCertificateVerifier>.fromOpaque(argument).takeUnretainedValue()
                    .accepts(store)
                    ? 1 : 0
            },
            Unmanaged.passUnretained(verifier).toOpaque()
        )
    }

    private static func check(_ settings: TLSSettings) throws(EndpointError) {
        guard settings.clientAuthentication == .none else { return }
        let remedy = "set client_auth_type, for example to RequireAndVerifyClientCert"
        if settings.clientCAs != nil {
            throw EndpointError("client_ca_file: has no effect without client certificates; \(remedy)")
        }
        if !settings.allowedSANs.isEmpty {
            throw EndpointError("client_allowed_sans: has no effect without client certificates; \(remedy)")
        }
    }

    /// Trusts the client CAs as anchors, whether or not they are self-signed, as Go does.
    private borrowing func trust(_ authorities: TLSSettings.PEM) throws(EndpointError) {
        let context = unsafe pointer
        let store = unsafe SSL_CTX_get_cert_store(context)
        unsafe X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
        let count = try X509Certificate.forEach(in: authorities) { certificate throws(EndpointError) in
            // The server sends the names of its CAs, so that the client can select a certificate (RFC 8446, 4.2.4).
            guard unsafe X509_STORE_add_cert(store, certificate.pointer) == 1,
                unsafe SSL_CTX_add_client_CA(context, certificate.pointer) == 1
            else {
                throw EndpointError(
                    "\(authorities.source): cannot use a certificate: \(OpenSSLErrors.takeReasons()); "
                        + "use certificates that this OpenSSL accepts"
                )
            }
        }
        guard count > 0 else {
            throw EndpointError(
                "\(authorities.source): contains no certificate; add the CA that signs client certificates"
            )
        }
    }
}
