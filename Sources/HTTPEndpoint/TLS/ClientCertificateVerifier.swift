// SPDX-License-Identifier: Apache-2.0

import CLibSSL

/// The verification rules for client certificates.
final class ClientCertificateVerifier: Sendable {
    private let verifiesChain: Bool
    private let allowedNames: [SubjectAltName]?

    init(_ settings: TLSSettings) {
        verifiesChain = settings.clientAuthentication.verifiesChain
        allowedNames =
            settings.allowedSANs.isEmpty ? nil : settings.allowedSANs.map(SubjectAltName.init(configured:))
    }

    /// Verifies the certificate of a client.
    ///
    /// - Parameter store: OpenSSL's `X509_STORE_CTX`. It receives the reason for a rejection, which determines the alert.
    /// - Returns: whether the certificate is accepted.
    func accepts(_ store: OpaquePointer) -> Bool {
        if verifiesChain, unsafe X509_verify_cert(store) != 1 { return false }
        guard let allowedNames else { return true }
        let names = unsafe X509_STORE_CTX_get0_cert(store).map { unsafe SubjectAltName.all(of: $0) } ?? []
        if names.contains(where: allowedNames.contains) { return true }
        // It sends the alert bad_certificate, as Go does. No other code here compares names.
        unsafe X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH)
        return false
    }
}
