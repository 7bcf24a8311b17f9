// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import Logging
import Synchronization

extension EndpointThread {
    /// Returns the TLS layer for a new connection.
    ///
    /// The handshake runs on this thread. A signature takes 0.1 ms with an elliptic curve key and 1 ms with an RSA key.
    /// Scrapers keep their connections, so that handing the work to another thread would cost more.
    ///
    /// - Returns: `nil` if the endpoint has no TLS.
    /// - Throws: `ENOMEM` if OpenSSL is out of memory.
    func makeTLSStream(_ descriptor: Int32) throws(Errno) -> TLSStream? {
        guard let context = shared.tls.withLock({ $0 }) else { return nil }
        guard let stream = TLSStream(context, on: descriptor) else { throw Errno.noMemory }
        return stream
    }

    mutating func readEncrypted(_ connection: Connection) {
        switch connection.readEncrypted(into: &buffer) {
        case .bytes(let count): connection.machine.receive(buffer.span.extracting(first: count), at: time)
        case .blocked: break
        case .end: connection.machine.receiveEnd(at: time)
        case .clearText: connection.machine.reject(.clearText, at: time)
        case .handshakeFailed(let reason):
            logger.debug(
                "TLS handshake failed",
                metadata: [
                    "event": "tls_handshake_failed", "peer": "\(connection.machine.peer)",
                    "reason": "\(reason)",
                ]
            )
            connection.machine.closeWithoutResponse(at: time)
        case .broken: connection.machine.fail()
        }
    }
}
