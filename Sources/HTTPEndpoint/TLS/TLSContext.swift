// SPDX-License-Identifier: Apache-2.0

import CLibSSL
import Synchronization

/// A server certificate and the TLS rules, ready for any number of connections.
///
/// It is immutable; `HTTPEndpoint.replaceTLS(_:)` replaces it. Creating one reads no file, and any thread may do it.
package final class TLSContext: Sendable {
    /// OpenSSL allows several threads to create sessions from one `SSL_CTX` (openssl-threads(7)).
    ///
    /// The lock exists for Swift, which does not let threads share a pointer.
    private let context: Mutex<SSLContext>

    /// OpenSSL holds a pointer to it.
    ///
    /// Each stream keeps this object, and with it the verifier, alive.
    private let verifier: ClientCertificateVerifier

    /// Loads the certificates and the key, and validates the settings.
    ///
    /// - Throws: an error that names the file or the configuration key, and the problem.
    package init(_ settings: TLSSettings) throws(EndpointError) {
        verifier = ClientCertificateVerifier(settings)
        let context = try SSLContext()
        try context.configureProtocol(settings)
        try context.loadCertificate(settings)
        context.applyOptions(settings)
        try context.configureClientAuthentication(settings, verifier)
        self.context = Mutex(context)
    }

    /// Creates the TLS state of one connection.
    ///
    /// - Returns: the address of an `SSL`, which the caller owns; `nil` if OpenSSL is out of memory.
    func makeSession() -> UInt? { context.withLock { $0.makeSession() } }
}
