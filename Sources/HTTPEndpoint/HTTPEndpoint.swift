// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
package import Logging
import Synchronization

/// An HTTP/1.1 server on BSD sockets, with one thread of its own.
///
/// It binds and listens as soon as it exists and serves while `run()` is running. Requests go to one handler, on the
/// endpoint thread; responses may come from any thread. It is HTTP/1.1 and HTTP/1.0, in clear text or over TLS, with
/// persistent connections, pipelining and chunked request bodies.
///
/// Source: RFC 9110 (semantics), RFC 9112 (HTTP/1.1).
package final class HTTPEndpoint: Sendable {
    private enum Lifecycle {
        /// Bound; clients wait in the backlog.
        case listening
        /// The thread runs; these wait for its end.
        case running([CheckedContinuation<Void, Never>])
        /// The sockets are closed.
        case ended
    }

    /// The addresses it listens on, with the ports that the kernel chose, in the order in which they were asked for.
    package let addresses: [SocketAddress]

    private let shared: SharedState
    private let epoll: Epoll
    private let limits: Limits
    private let logger: Logger
    private let lifecycle: Mutex<Lifecycle>

    /// The listening sockets until the thread takes them: then it alone holds them, and closes them when it stops.
    private let listeners: Mutex<[Listener]>

    /// Binds and listens at once.
    ///
    /// - Parameters:
    ///   - listening: where; at least one address.
    ///   - tls: encrypts every connection, on all addresses; `nil` is clear text.
    ///   - limits: what one client may use.
    ///   - logger: told at debug level what connections do, and at warning level when no client can be accepted.
    ///   - handler: answers every request, on the endpoint thread; it must not block.
    /// - Throws: an error that names the address, the system's reason and what to do.
    package init(
        listening: [ListenAddress],
        tls: TLSContext? = nil,
        limits: Limits = .init(),
        logger: Logger,
        handler: @escaping Handler
    ) throws(EndpointError) {
        guard !listening.isEmpty else { throw EndpointError("there is no address to listen on; give one.") }
        var listeners: [Listener] = []
        for address in listening { listeners.append(try Listener(address)) }
        do throws(Errno) {
            epoll = try Epoll()
            shared = SharedState(mailbox: try LoopInbox(), tls: tls, handler: handler)
        } catch {
            throw EndpointError("cannot make an event queue: \(error).", errno: error.rawValue)
        }
        addresses = listeners.map(\.address)
        lifecycle = Mutex(.listening)
        self.listeners = Mutex(listeners)
        self.limits = limits
        self.logger = logger
    }

    /// What it has done so far; from any thread.
    package var statistics: EndpointStatistics { shared.statistics }

    /// Puts another handler in the place of the one that answers, from the next request on.
    package func replaceHandler(_ handler: @escaping Handler) {
        // The former handler is let go of outside the lock, since what it holds may do anything when it goes.
        _ = shared.answering.withLock { current in
            defer { current = SharedState.Answering(handler: handler) }
            return current
        }
    }

    /// Puts other certificates and rules in the place of those in force, from the next connection on.
    ///
    /// Connections that are open go on as they are, those in the middle of their handshake too. Whether there is TLS
    /// at all is decided once, at the start, as exporter-toolkit has it: clients of the one kind would otherwise find
    /// the other, and a mistake in a file could take the encryption away.
    ///
    /// - Returns: `false` where this would switch TLS on or off; nothing has changed then.
    @discardableResult
    package func replaceTLS(_ context: TLSContext?) -> Bool {
        // The former context is let go of outside the lock, since to free it takes a while.
        let former: TLSContext?? = shared.tls.withLock { current in
            guard (current == nil) == (context == nil) else { return .none }
            defer { current = context }
            return .some(current)
        }
        return former != nil
    }

    /// Serves until `stop(grace:)`, and returns when every connection is closed.
    ///
    /// Cancelling the task stops without grace. After the end it returns at once.
    package func run() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { start($0) }
        } onCancel: {
            stop(grace: .zero)
        }
    }

    /// Accepts no more, lets requests in flight end, and closes everything.
    ///
    /// Idle connections close at once; the others when what they wait for is sent. It may be called from any thread
    /// and any number of times: the earliest end holds.
    ///
    /// - Parameter grace: after it, what is still open is closed.
    package func stop(grace: Duration) {
        let deadline = ContinuousClock.now + max(grace, .zero)
        let isRunning = lifecycle.withLock { lifecycle in
            if case .running = lifecycle { return true }
            lifecycle = .ended
            return false
        }
        if isRunning {
            shared.mailbox.postStop(by: deadline)
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
            logger.error("The endpoint has no thread.", metadata: ["error": "\(error)"])
            end()
        }
    }

    /// The life of the endpoint thread.
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
            logger.error("The endpoint cannot watch its sockets.", metadata: ["error": "\(error)"])
        }
    }

    private func takeListeners() -> [Listener] {
        listeners.withLock { listeners in
            defer { listeners = [] }
            return listeners
        }
    }

    private func end() {
        // They are still there where there was no thread to take them.
        _ = takeListeners()
        let waiters: [CheckedContinuation<Void, Never>] = lifecycle.withLock { lifecycle in
            defer { lifecycle = .ended }
            guard case .running(let waiters) = lifecycle else { return [] }
            return waiters
        }
        for waiter in waiters { waiter.resume() }
    }
}
