// SPDX-License-Identifier: Apache-2.0

import CLinux
import LinuxSystem
import Logging

/// The event loop that serves all connections of an endpoint, on the endpoint thread.
///
/// Each iteration waits in `epoll_wait(2)`, reads and writes a bounded amount per ready connection, delivers responses
/// from other threads, processes deadlines, and finally accepts new connections. Nothing else blocks.
struct EndpointThread: ~Copyable {
    let shared: SharedState
    let epoll: Epoll
    let limits: Limits
    let logger: Logger

    var listeners: [ConnectionID: Listener] = [:]
    var acceptState = AcceptState.open
    /// Whether a connection has closed or may be evicted since the last attempt to accept.
    var hasNewCapacity = false
    var acceptFailures = AcceptFailureLog()
    var generation: UInt32 = 0

    var connections: [ConnectionID: Connection] = [:]
    var peak = ConnectionPeak()
    var deadlines = Deadlines<ConnectionID>()
    /// The idle connections by the time since when they are idle.
    ///
    /// The first is evicted first.
    var idle = Deadlines<ConnectionID>()
    /// The busy connections by the time from which they may be evicted for lack of progress.
    var evictable = Deadlines<ConnectionID>()

    private var stopDeadline: ContinuousClock.Instant?
    private var clock = LoopClock()
    var time: LoopTime

    private let wakeup: ConnectionID
    private var events: [Epoll.Event] = []
    /// Received bytes.
    ///
    /// Its size bounds the unparsed requests that a connection holds while its pipeline is full.
    var buffer = [UInt8](repeating: 0, count: TLSStream.recordBytes)

    /// Creates the loop and watches the listeners.
    ///
    /// - Throws: the error of epoll.
    init(
        shared: SharedState,
        epoll: Epoll,
        limits: Limits,
        logger: Logger,
        listeners: [Listener]
    ) throws(Errno) {
        self.shared = shared
        self.epoll = epoll
        self.limits = limits
        self.logger = logger
        time = clock.read()
        wakeup = ConnectionID(descriptor: shared.inbox.wakeupDescriptor, generation: 0)
        try epoll.add(wakeup, for: .read)
        for listener in listeners {
            let id = ConnectionID(descriptor: listener.descriptor.rawValue, generation: 0)
            try epoll.add(id, for: .read)
            self.listeners[id] = listener
        }
    }

    /// Serves until a stop is requested and all connections are closed.
    mutating func run() {
        while stopDeadline == nil || !connections.isEmpty {
            do throws(Errno) {
                try epoll.wait(atMost: shared.inbox.prepareToSleep() ? timeout : .zero, into: &events)
            } catch {
                logger.error(
                    "cannot wait for sockets",
                    metadata: ["event": "endpoint_wait_failed", "error": "\(error)"]
                )
                break
            }
            time = clock.read()
            runOnce()
        }
        end()
    }

    /// The time until the next deadline; `nil` without a deadline.
    private var timeout: Duration? {
        var earliest = stopDeadline
        var retry: ContinuousClock.Instant?
        switch acceptState {
        case .exhausted(let until): retry = until
        case .full(let until): retry = until
        case .open, .ended: break
        }
        for other in [deadlines.first?.time, retry] {
            guard let other else { continue }
            earliest = min(earliest ?? other, other)
        }
        return earliest.map { $0 - .now }
    }

    private mutating func runOnce() {
        for event in events where event.id != wakeup {
            guard let connection = connections[event.id] else { continue }
            serve(connection, event.readiness)
            // Responses are delivered before the next connection is read. A client that pipelines without reading is
            // then known to be stalled, and does not count against others.
            deliverInbox()
        }
        if events.contains(where: { $0.id == wakeup }) { shared.inbox.acknowledge() }
        deliverInbox()
        expire()
        // Accepting comes last, so that a connection whose request has just arrived is not evicted as idle.
        let isClientWaiting = events.contains { listeners[$0.id] != nil }
        if isClientWaiting || acceptState != .open { accept() }
        // glibc keeps freed memory for later use, even after thousands of connections at once.
        if peak.hasSubsided(to: connections.count, at: time.instant) { malloc_trim(0) }
    }

    private mutating func serve(_ connection: Connection, _ readiness: Epoll.Readiness) {
        if !readiness.isDisjoint(with: .closed) {
            connection.machine.fail()
        } else if !readiness.isDisjoint(with: connection.readableWhen), connection.machine.isReading {
            read(connection)
        }
        process(connection)
    }

    private mutating func read(_ connection: Connection) {
        if connection.isEncrypted { return readEncrypted(connection) }
        do throws(Errno) {
            switch try connection.read(into: &buffer) {
            case nil: break
            case 0: connection.machine.receiveEnd(at: time)
            case let count?: connection.machine.receive(buffer.span.extracting(first: count), at: time)
            }
        } catch {
            connection.machine.fail()
        }
    }
}

extension EndpointThread {
    /// Delivers the responses and the stop request that the inbox holds.
    private mutating func deliverInbox() {
        let contents = shared.inbox.take()
        for reply in contents.replies { deliver(reply) }
        if let deadline = contents.stopDeadline { stop(by: deadline) }
    }

    private mutating func deliver(_ reply: LoopInbox.Reply) {
        guard let connection = connections[reply.connection] else {
            reply.response.onFinish?(.aborted)
            return
        }
        connection.machine.respond(to: reply.exchange, with: reply.response, at: time)
        process(connection)
    }

    private mutating func expire() {
        while let id = deadlines.popFirst(due: time.instant) {
            guard let connection = connections[id] else { continue }
            connection.deadline = nil
            connection.machine.expire(at: time)
            process(connection)
        }
        if let stopDeadline, stopDeadline <= time.instant { closeAll() }
    }

    /// Closes the listeners and the idle connections.
    private mutating func stop(by deadline: ContinuousClock.Instant) {
        stopDeadline = min(stopDeadline ?? deadline, deadline)
        guard acceptState != .ended else { return }
        acceptState = .ended
        listeners = [:]
        for connection in connections.values {
            connection.machine.drain(at: time)
            process(connection)
        }
    }

    private mutating func closeAll() {
        for connection in connections.values {
            connection.machine.fail()
            process(connection)
        }
    }

    /// Closes everything, and reports the remaining responses as aborted.
    private mutating func end() {
        listeners = [:]
        closeAll()
        for reply in shared.inbox.close().replies { reply.response.onFinish?(.aborted) }
    }
}
