// SPDX-License-Identifier: Apache-2.0

import CLibSSL

extension SSLContext {
    /// Sets whether clients are asked for a certificate, and who judges it.
    ///
    /// - Parameters:
    ///   - settings: what a client must be.
    ///   - policy: judges; it must live as long as anything that was made from this context.
    /// - Throws: an error that names the file or the key of the configuration.
    borrowing func admit(by settings: TLSSettings, _ policy: ClientCertificateVerifier) throws(EndpointError)
    {
        try Self.check(settings)
        let authentication = settings.clientAuthentication
        guard authentication != .none else { return }
        if let authorities = settings.clientCAs {
            try trust(authorities)
        } else if authentication.verifies {
            // As in Go, where no pool means the system's.
            unsafe SSL_CTX_set_default_verify_paths(pointer)
        }
        let demands = authentication.demandsCertificate || !settings.allowedSANs.isEmpty
        let mode = SSL_VERIFY_PEER | (demands ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0)
        unsafe SSL_CTX_set_verify(pointer, mode, nil)
        unsafe SSL_CTX_set_cert_verify_callback(
            pointer,
            { store, argument in
                guard let store = unsafe store, let argument = unsafe argument else { return 0 }
                return unsafe Unmanaged<ClientCertificateVerifier>.fromOpaque(argument).takeUnretainedValue()
                    .admits(store)
                    ? 1 : 0
            },
            Unmanaged.passUnretained(policy).toOpaque()
        )
    }

    private static func check(_ settings: TLSSettings) throws(EndpointError) {
        guard settings.clientAuthentication == .none else { return }
        let advice = "set client_auth_type, for example to RequireAndVerifyClientCert."
        if settings.clientCAs != nil {
            throw EndpointError("client_ca_file: no client is asked for a certificate; \(advice)")
        }
        if !settings.allowedSANs.isEmpty {
            throw EndpointError("client_allowed_sans: no client is asked for a certificate; \(advice)")
        }
    }

    /// Takes the client CAs as ends of trust, whether or not they have signed themselves, as Go does.
    private borrowing func trust(_ authorities: TLSSettings.PEM) throws(EndpointError) {
        let context = unsafe pointer
        let store = unsafe SSL_CTX_get_cert_store(context)
        unsafe X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
        let count = try X509Certificate.readAll(of: authorities) { certificate throws(EndpointError) in
            // Their names go to the client, which chooses its certificate by them (RFC 8446, 4.2.4).
            guard unsafe X509_STORE_add_cert(store, certificate.pointer) == 1,
                unsafe SSL_CTX_add_client_CA(context, certificate.pointer) == 1
            else {
                throw EndpointError(
                    "\(authorities.source): a certificate cannot be used: \(OpenSSLErrors.take())."
                )
            }
        }
        guard count > 0 else {
            throw EndpointError(
                "\(authorities.source): there is no certificate in it, so that no client could be verified."
            )
        }
    }
}
