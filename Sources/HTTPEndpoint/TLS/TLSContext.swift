// SPDX-License-Identifier: Apache-2.0

import CLibSSL
import Synchronization

/// A server's certificate and its rules, ready for any number of connections.
///
/// To make one computes (it reads certificates and keys) and touches no file; any thread may. It never changes:
/// `HTTPEndpoint.replaceTLS(_:)` puts another one in its place.
package final class TLSContext: Sendable {
    /// OpenSSL lets several threads make sessions from one `SSL_CTX` (openssl-threads(7)); the lock is for Swift, to
    /// which a pointer is nothing that threads can share.
    private let context: Mutex<SSLContext>

    /// OpenSSL has its address: a stream holds this object, and with it the policy, for as long as it lives.
    private let policy: ClientCertificateVerifier

    /// Reads certificates and key, and checks everything that can be checked without a client.
    ///
    /// - Throws: an error that names the file or the key of the configuration, and says what is wrong with it.
    package init(_ settings: TLSSettings) throws(EndpointError) {
        policy = ClientCertificateVerifier(settings)
        let context = try SSLContext()
        try context.speak(settings)
        try context.identify(by: settings)
        context.behave(settings)
        try context.admit(by: settings, policy)
        self.context = Mutex(context)
    }

    /// Makes the state of one connection.
    ///
    /// - Returns: the address of an `SSL` that belongs to the caller; `nil` where there is no memory.
    func makeSession() -> UInt? { context.withLock { $0.makeSession() } }
}
