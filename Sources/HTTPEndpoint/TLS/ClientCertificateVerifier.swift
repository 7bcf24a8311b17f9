// SPDX-License-Identifier: Apache-2.0

import CLibSSL

/// Judges the certificates of clients.
final class ClientCertificateVerifier: Sendable {
    private let verifies: Bool
    private let allowed: [SubjectAltName]?

    /// Makes the judge for some settings.
    init(_ settings: TLSSettings) {
        verifies = settings.clientAuthentication.verifies
        allowed =
            settings.allowedSANs.isEmpty ? nil : settings.allowedSANs.map(SubjectAltName.init(configured:))
    }

    /// Judges the certificate that a client has sent.
    ///
    /// - Parameter store: OpenSSL's `X509_STORE_CTX`; it takes the reason of a refusal, which becomes an alert.
    /// - Returns: whether the handshake goes on.
    func admits(_ store: OpaquePointer) -> Bool {
        if verifies, unsafe X509_verify_cert(store) != 1 { return false }
        guard let allowed else { return true }
        let names = unsafe X509_STORE_CTX_get0_cert(store).map { unsafe SubjectAltName.all(of: $0) } ?? []
        if names.contains(where: allowed.contains) { return true }
        // Its alert is bad_certificate, as Go's, and nothing else here compares names.
        unsafe X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH)
        return false
    }
}
