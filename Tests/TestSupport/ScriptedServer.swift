// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxSystem
import Synchronization

/// A TCP server on loopback that runs a script of the test for each connection.
///
/// It accepts on one thread and runs each script on another, so that a script may block. It stops with its last
/// reference, which ends the input of scripts that still read.
package final class ScriptedServer: Sendable {
    /// The work for one connection, which is closed when the script returns.
    package typealias Script = @Sendable (borrowing ScriptedConnection) -> Void

    /// The state that all connections share.
    final class State: Sendable {
        struct Storage {
            /// Descriptors of open connections.
            ///
            /// Each is closed by its own thread.
            var open: Set<Int32> = []
            var accepted = 0
            var requests: [String] = []
            var isStopped = false
        }

        let storage = Mutex(Storage())
    }

    private let state = State()

    /// `stop()` shuts it down, which wakes the accepting thread, which closes it.
    private let listener: Int32

    /// The port on 127.0.0.1, chosen by the system.
    package let port: UInt16

    /// Starts to listen.
    ///
    /// - Throws: the failed system call.
    package init(_ script: @escaping Script) throws {
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { throw SystemError(call: "socket", number: errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr = in_addr(s_addr: UInt32(INADDR_LOOPBACK).bigEndian)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let code = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                guard unsafe bind(listener, address, length) == 0 else { return Int32(-1) }
                guard listen(listener, 512) == 0 else { return Int32(-1) }
                return unsafe getsockname(listener, address, &length)
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        guard code == 0 else {
            let number = errno
            close(listener)
            throw SystemError(call: "bind", number: number)
        }
        let state = state
        try DetachedThread.start(named: "test") {
            while true {
                let descriptor = accept(listener, nil, nil)
                if descriptor < 0 && (errno == EINTR || errno == ECONNABORTED) { continue }
                guard descriptor >= 0 else { break }
                Self.serve(descriptor, state, script)
            }
            close(listener)
        }
    }

    deinit { stop() }

    /// Closes every connection and stops listening.
    package func stop() {
        let wasRunning = state.storage.withLock { storage in
            for descriptor in storage.open { shutdown(descriptor, Int32(SHUT_RDWR)) }
            defer { storage.isStopped = true }
            return !storage.isStopped
        }
        if wasRunning { shutdown(listener, Int32(SHUT_RDWR)) }
    }

    /// An absolute URL of this server.
    package func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

    /// The number of accepted connections.
    package var acceptedConnections: Int { state.storage.withLock { $0.accepted } }

    /// The number of open connections.
    package var openConnections: Int { state.storage.withLock { $0.open.count } }

    /// The heads of all requests in the order of their arrival.
    package var requests: [String] { state.storage.withLock { $0.requests } }

    private static func serve(_ descriptor: Int32, _ state: State, _ script: @escaping Script) {
        var on: Int32 = 1
        _ = unsafe setsockopt(
            descriptor,
            Int32(IPPROTO_TCP),
            TCP_NODELAY,
            &on,
            socklen_t(MemoryLayout<Int32>.size)
        )
        state.storage.withLock { storage in
            storage.accepted += 1
            storage.open.insert(descriptor)
            if storage.isStopped { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
        let play: @Sendable () -> Void = {
            let connection = ScriptedConnection(descriptor: descriptor, state: state)
            script(connection)
            // Under the lock, so that `stop()` never shuts down a reused descriptor.
            state.storage.withLock { storage in
                storage.open.remove(descriptor)
                close(descriptor)
            }
        }
        do { try DetachedThread.start(named: "test", play) } catch { play() }
    }
}
