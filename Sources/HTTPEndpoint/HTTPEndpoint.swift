// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
package import Logging
import Synchronization

/// An HTTP/1.1 server on BSD sockets, with one thread of its own.
///
/// It binds and listens when it is created, and serves while `run()` is running. One handler receives all requests on
/// the endpoint thread; responses may be sent from any thread. It supports HTTP/1.1 and HTTP/1.0, with or without TLS,
/// persistent connections, pipelining and chunked request bodies.
///
/// Source: RFC 9110 (semantics), RFC 9112 (HTTP/1.1).
package final class HTTPEndpoint: Sendable {
    private enum Lifecycle {
        /// The sockets listen. Clients wait in the backlog.
        case listening
        /// The thread runs. The continuations wait for its end.
        case running([CheckedContinuation<Void, Never>])
        /// The sockets are closed.
        case ended
    }

    /// The listening addresses in the requested order, with the ports that the kernel chose.
    package let addresses: [SocketAddress]

    private let shared: SharedState
    private let epoll: Epoll
    private let limits: Limits
    private let logger: Logger
    private let lifecycle: Mutex<Lifecycle>

    /// The listening sockets until the thread takes ownership of them.
    ///
    /// The thread closes them when it stops.
    private let listeners: Mutex<[Listener]>

    /// Creates an endpoint, which binds and listens at once.
    ///
    /// - Parameters:
    ///   - listening: at least one address.
    ///   - tls: encrypts all connections on all addresses; `nil` disables TLS.
    ///   - limits: the resources that one client may use.
    ///   - logger: receives connection events at debug level, and a warning if no connection can be accepted.
    ///   - handler: answers every request, on the endpoint thread. It must not block.
    /// - Throws: an error with the address, the system's reason and a remedy.
    package init(
        listening: [ListenAddress],
        tls: TLSContext? = nil,
        limits: Limits = .init(),
        logger: Logger,
        handler: @escaping Handler
    ) throws(EndpointError) {
        guard !listening.isEmpty else {
            throw EndpointError("no address to listen on; pass at least one")
        }
        var listeners: [Listener] = []
        for address in listening { listeners.append(try Listener(address)) }
        do throws(Errno) {
            epoll = try Epoll()
            shared = SharedState(inbox: try LoopInbox(), tls: tls, handler: handler)
        } catch {
            throw EndpointError(
                "cannot create an event queue: \(error); raise the limit of open files",
                errno: error.rawValue
            )
        }
        addresses = listeners.map(\.address)
        lifecycle = Mutex(.listening)
        self.listeners = Mutex(listeners)
        self.limits = limits
        self.logger = logger
    }

    /// The counts so far.
    ///
    /// Any thread may read them.
    package var statistics: EndpointStatistics { shared.statistics }

    /// Replaces the handler, from the next request on.
    package func replaceHandler(_ handler: @escaping Handler) {
        // The previous handler is released outside the lock, because its captures may run any code when they go.
        _ = shared.handler.withLock { current in
            defer { current = SharedState.HandlerBox(handler: handler) }
            return current
        }
    }

    /// Replaces the certificates and the TLS rules, from the next connection on.
    ///
    /// Open connections continue as they are, including those in the handshake. TLS cannot be switched on or off, as in
    /// exporter-toolkit: clients expect one protocol, and a mistake in a file could disable encryption.
    ///
    /// - Returns: `false` if this would switch TLS on or off. In that case nothing changes.
    @discardableResult
    package func replaceTLS(_ context: TLSContext?) -> Bool {
        // The previous context is released outside the lock, because freeing it is slow.
        let former: TLSContext?? = shared.tls.withLock { current in
            guard (current == nil) == (context == nil) else { return .none }
            defer { current = context }
            return .some(current)
        }
        return former != nil
    }

    /// Serves until `stop(grace:)`, and returns when all connections are closed.
    ///
    /// Cancelling the task stops without grace. After the end it returns at once.
    package func run() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { start($0) }
        } onCancel: {
            stop(grace: .zero)
        }
    }

    /// Stops accepting connections, completes the requests in progress, and closes everything.
    ///
    /// Idle connections close at once, others after their last response. It may be called from any thread and more than
    /// once; the earliest deadline applies.
    ///
    /// - Parameter grace: the time after which the remaining connections are closed.
    package func stop(grace: Duration) {
        let deadline = ContinuousClock.now + max(grace, .zero)
        let isRunning = lifecycle.withLock { lifecycle in
            if case .running = lifecycle { return true }
            lifecycle = .ended
            return false
        }
        if isRunning {
            shared.inbox.postStop(by: deadline)
        } else {
            _ = takeListeners()
        }
    }
}

extension HTTPEndpoint {
    private func start(_ waiter: CheckedContinuation<Void, Never>) {
        let isFirst = lifecycle.withLock { lifecycle in
            switch lifecycle {
            case .listening:
                lifecycle = .running([waiter])
                return true
            case .running(let others):
                lifecycle = .running(others + [waiter])
                return false
            case .ended:
                waiter.resume()
                return false
            }
        }
        guard isFirst else { return }
        do throws(Errno) {
            try DetachedThread.start(named: "http-endpoint") { [self] in
                serve()
                end()
            }
        } catch {
            logger.error(
                "cannot start the endpoint thread",
                metadata: ["event": "endpoint_thread_failed", "error": "\(error)"]
            )
            end()
        }
    }

    /// The body of the endpoint thread.
    private func serve() {
        do throws(Errno) {
            var thread = try EndpointThread(
                shared: shared,
                epoll: epoll,
                limits: limits,
                logger: logger,
                listeners: takeListeners()
            )
            thread.run()
        } catch {
            logger.error(
                "cannot watch the listening sockets",
                metadata: ["event": "endpoint_watch_failed", "error": "\(error)"]
            )
        }
    }

    private func takeListeners() -> [Listener] {
        listeners.withLock { listeners in
            defer { listeners = [] }
            return listeners
        }
    }

    private func end() {
        // Closes the listeners if the thread could not start.
        _ = takeListeners()
        let waiters: [CheckedContinuation<Void, Never>] = lifecycle.withLock { lifecycle in
            defer { lifecycle = .ended }
            guard case .running(let waiters) = lifecycle else { return [] }
            return waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
