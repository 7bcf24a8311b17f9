// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxSystem
import Synchronization

/// A wire between clients and a server on this machine, which fails as networks do.
///
/// The simulator puts one before its API: the API attaches a `WireInstruction` to a response, and the relay carries it
/// out. A test can put another one before any server that speaks clear-text HTTP, and set a `Mode` for all connections.
package final class Relay: Sendable {
    /// The state of the whole wire.
    package enum Mode: Sendable, Hashable {
        /// Every byte arrives.
        case pass
        /// The port does not listen, and open connections are reset.
        case refuse
        case reset
        /// Connections are accepted, and no byte moves until the mode changes.
        case hold
        /// A connection ends when its second request arrives.
        case closeOnReuse
        /// Every response has this fault.
        case fault(WireFault)
    }

    /// What the threads share; it outlives the relay until the last one ends.
    private final class Shared: Sendable {
        struct State {
            var mode = Mode.pass
            var listener: WireSocket?
            var isStopped = false
            var connections: [Int: WireConnection] = [:]
            var nextConnection = 0
        }

        let state: Mutex<State>
        let upstream: WireAddress
        let address: WireAddress

        init(listener: WireSocket, upstream: WireAddress) {
            self.upstream = upstream
            address = WireAddress(of: listener)
            state = Mutex(State(listener: listener))
        }
    }

    private let shared: Shared

    /// The port that clients connect to.
    package var port: UInt16 { shared.address.port }

    /// Listens on a free port of 127.0.0.1.
    ///
    /// - Parameter upstream: the server's port on 127.0.0.1.
    /// - Throws: an error that has the kernel's reason.
    package convenience init(to upstream: UInt16) throws(SimulatorError) {
        guard let address = WireAddress(host: "127.0.0.1", port: 0),
            let server = WireAddress(host: "127.0.0.1", port: upstream)
        else { throw SimulatorError("127.0.0.1 is not an address; this is a mistake in the program.") }
        try self.init(listeningOn: address, upstream: server)
    }

    /// Listens at once.
    ///
    /// - Throws: an error that has the kernel's reason.
    init(listeningOn address: WireAddress, upstream: WireAddress) throws(SimulatorError) {
        shared = Shared(listener: try Self.listen(on: address), upstream: upstream)
        let shared = shared
        do {
            try DetachedThread.start(named: "relay-accept") { Self.accept(shared) }
        } catch {
            throw SimulatorError("cannot start a thread: \(error); stop other processes.")
        }
    }

    deinit { stop() }

    /// Changes the state of the wire, for open connections too.
    package func set(_ mode: Mode) {
        let (connections, listener) = shared.state.withLock { state in
            state.mode = mode
            return (Array(state.connections.values), mode == .refuse ? state.listener.take() : nil)
        }
        listener?.shutDown()
        if mode == .refuse || mode == .reset { connections.forEach { $0.reset() } }
    }

    /// Accepts no more connections; those that are open continue.
    func stop() {
        let listener = shared.state.withLock { state in
            state.isStopped = true
            return state.listener.take()
        }
        listener?.shutDown()
    }

    /// Waits until every connection has ended, and ends those that are still open after a time.
    func finish(within grace: Duration) async {
        let deadline = ContinuousClock.now + grace
        while .now < deadline, shared.state.withLock({ !$0.connections.isEmpty }) {
            try? await Task.sleep(for: .milliseconds(5))
        }
        let connections = shared.state.withLock { Array($0.connections.values) }
        connections.forEach { $0.end() }
    }

    /// Creates a listening socket.
    ///
    /// - Throws: an error that has the kernel's reason.
    static func listen(on address: WireAddress) throws(SimulatorError) -> WireSocket {
        guard let socket = WireSocket(family: address.family) else { throw systemError("create a socket") }
        socket.set(SO_REUSEADDR, Int32(1))
        guard unsafe address.pass(to: Glibc.bind, socket.descriptor) == 0,
            Glibc.listen(socket.descriptor, SOMAXCONN) == 0
        else { throw systemError("listen") }
        return socket
    }

    private static func systemError(_ action: String) -> SimulatorError {
        SimulatorError("cannot \(action): \(Errno.current.message); choose another address.")
    }
}

extension Relay {
    /// Accepts connections until the relay stops; runs on a thread of its own.
    private static func accept(_ shared: Shared) {
        while true {
            let (mode, listener, isStopped) = shared.state.withLock { ($0.mode, $0.listener, $0.isStopped) }
            if isStopped { return }
            guard mode != .refuse, let listener else {
                usleep(5000)
                if mode != .refuse { listenAgain(shared) }
                continue
            }
            guard let client = listener.accept() else {
                // Either the listener was shut down, or there is no free descriptor, which may change.
                usleep(5000)
                continue
            }
            // Without a thread the client is closed at once, as by a server that is out of resources.
            try? DetachedThread.start(named: "relay-responses") { serve(client, shared) }
        }
    }

    private static func listenAgain(_ shared: Shared) {
        guard let listener = try? listen(on: shared.address) else { return }
        shared.state.withLock { state in
            if !state.isStopped, state.mode != .refuse { state.listener = listener }
        }
    }

    private static func serve(_ client: WireSocket, _ shared: Shared) {
        guard let server = WireSocket(connectedTo: shared.upstream) else { return }
        let connection = WireConnection(client: client, server: server) {
            shared.state.withLock { $0.mode }
        }
        let (number, mode) = shared.state.withLock { state in
            state.nextConnection += 1
            state.connections[state.nextConnection] = connection
            return (state.nextConnection, state.mode)
        }
        // A mode that changes after this resets the connection itself.
        if mode == .refuse || mode == .reset { connection.reset() }
        connection.run()
        shared.state.withLock { _ = $0.connections.removeValue(forKey: number) }
    }
}
