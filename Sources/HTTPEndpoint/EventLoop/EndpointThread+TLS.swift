// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import Logging
import Synchronization

extension EndpointThread {
    /// Begins TLS with a client.
    ///
    /// The handshake's own computing (a signature, 0.1 ms for an elliptic key, 1 ms for an RSA one) is done on this
    /// thread: a scraper keeps its connection, and to hand the work on would cost more.
    ///
    /// - Returns: the stream; `nil` where the endpoint speaks clear text.
    /// - Throws: `ENOMEM` where OpenSSL has no memory.
    func secure(_ descriptor: Int32) throws(Errno) -> TLSStream? {
        guard let context = shared.tls.withLock({ $0 }) else { return nil }
        guard let stream = TLSStream(context, on: descriptor) else { throw Errno.noMemory }
        return stream
    }

    /// Reads what a client of TLS has sent.
    mutating func readEncrypted(_ connection: Connection) {
        switch connection.readEncrypted(into: &buffer) {
        case .bytes(let count): connection.machine.receive(buffer.span.extracting(first: count), at: moment)
        case .blocked: break
        case .end: connection.machine.receiveEnd(at: moment)
        case .clearText: connection.machine.refuse(.clearText, at: moment)
        case .refused(let reason):
            logger.debug(
                "A TLS handshake has failed.",
                metadata: ["peer": "\(connection.machine.peer)", "reason": "\(reason)"]
            )
            connection.machine.refuseSilently(at: moment)
        case .broken: connection.machine.fail()
        }
    }
}
