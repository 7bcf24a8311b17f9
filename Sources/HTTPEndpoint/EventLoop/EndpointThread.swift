// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import Logging

/// The loop that serves every connection of an endpoint; it lives on the endpoint thread alone.
///
/// A round waits in `epoll_wait(2)`, serves each ready connection a bounded amount, delivers the responses that have
/// come, acts on deadlines, and last of all takes new clients. Nothing else blocks.
struct EndpointThread: ~Copyable {
    let shared: SharedState
    let epoll: Epoll
    let limits: Limits
    let logger: Logger

    var listeners: [ConnectionID: Listener] = [:]
    var accepting = AcceptState.open
    /// Whether a connection has closed or become idle since accepting was last tried.
    var hasMadeRoom = false
    /// Whether the log has been told that no client can be accepted.
    var hasReportedExhaustion = false
    var generation: UInt32 = 0

    var connections: [ConnectionID: Connection] = [:]
    var deadlines = Deadlines<ConnectionID>()
    /// Since when a connection is idle, so that the one that is so for longest is found first.
    var idle = Deadlines<ConnectionID>()
    /// From when on a connection whose client makes no progress makes room for a new one.
    var expendable = Deadlines<ConnectionID>()

    /// Responses that are held back.
    private var delayed: [Int: LoopInbox.Reply] = [:]
    private var delays = Deadlines<Int>()
    private var nextDelay = 0

    private var stopDeadline: ContinuousClock.Instant?
    private var clock = LoopClock()
    var moment: LoopTime

    private let alarm: ConnectionID
    private var events: [Epoll.Event] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)

    /// Prepares to serve.
    ///
    /// - Throws: where epoll cannot watch what it must.
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
        moment = clock.read()
        alarm = ConnectionID(descriptor: shared.mailbox.wakeupDescriptor, generation: 0)
        try epoll.add(alarm, for: .read)
        for listener in listeners {
            let id = ConnectionID(descriptor: listener.descriptor.rawValue, generation: 0)
            try epoll.add(id, for: .read)
            self.listeners[id] = listener
        }
    }

    /// Serves until it is told to stop and everything is closed.
    mutating func run() {
        while stopDeadline == nil || !connections.isEmpty {
            do throws(Errno) {
                try epoll.wait(atMost: shared.mailbox.prepareToSleep() ? timeout : .zero, into: &events)
            } catch {
                logger.error("The endpoint cannot wait for its sockets.", metadata: ["error": "\(error)"])
                break
            }
            moment = clock.read()
            round()
        }
        end()
    }

    /// Until when nothing happens by itself; `nil` where that is for ever.
    private var timeout: Duration? {
        var earliest = stopDeadline
        var retry: ContinuousClock.Instant?
        switch accepting {
        case .exhausted(let until): retry = until
        case .full(let until): retry = until
        case .open, .ended: break
        }
        for other in [deadlines.first?.time, delays.first?.time, retry] {
            guard let other else { continue }
            earliest = min(earliest ?? other, other)
        }
        return earliest.map { $0 - .now }
    }

    private mutating func round() {
        for event in events where event.id != alarm {
            guard let connection = connections[event.id] else { continue }
            serve(connection, event.readiness)
            // Before the next connection is read, so that what one client has asked for without reading any answer is
            // known to be stalled, and counts against no other.
            collect()
        }
        if events.contains(where: { $0.id == alarm }) { shared.mailbox.acknowledge() }
        collect()
        deliverDelayed()
        expire()
        // After everything else, so that a connection whose request has arrived is not closed as idle.
        let isClientWaiting = events.contains { listeners[$0.id] != nil }
        if isClientWaiting || accepting != .open { accept() }
    }

    private mutating func serve(_ connection: Connection, _ readiness: Epoll.Readiness) {
        if !readiness.isDisjoint(with: .closed) {
            connection.machine.fail()
        } else if !readiness.isDisjoint(with: connection.readableWhen), connection.machine.wantsRead {
            read(connection)
        }
        pump(connection)
    }

    private mutating func read(_ connection: Connection) {
        if connection.isEncrypted { return readEncrypted(connection) }
        do throws(Errno) {
            switch try connection.read(into: &buffer) {
            case nil: break
            case 0: connection.machine.receiveEnd(at: moment)
            case let count?: connection.machine.receive(buffer.span.extracting(first: count), at: moment)
            }
        } catch {
            connection.machine.fail()
        }
    }
}

extension EndpointThread {
    /// Takes what other threads, and handlers on this one, have handed over.
    private mutating func collect() {
        let contents = shared.mailbox.take()
        for reply in contents.replies { schedule(reply) }
        if let deadline = contents.stopDeadline { stop(by: deadline) }
    }

    /// Delivers a response now, or keeps it until it is due.
    private mutating func schedule(_ reply: LoopInbox.Reply) {
        guard let due = reply.due else { return deliver(reply) }
        delays.set(due, for: nextDelay)
        delayed[nextDelay] = reply
        nextDelay += 1
    }

    private mutating func deliverDelayed() {
        while let key = delays.popFirst(due: moment.instant) {
            if let reply = delayed.removeValue(forKey: key) { deliver(reply) }
        }
    }

    private mutating func deliver(_ reply: LoopInbox.Reply) {
        guard let connection = connections[reply.connection] else {
            reply.response.onFinish?(.aborted)
            return
        }
        connection.machine.respond(to: reply.exchange, with: reply.response, at: moment)
        pump(connection)
    }

    private mutating func expire() {
        while let id = deadlines.popFirst(due: moment.instant) {
            guard let connection = connections[id] else { continue }
            connection.deadline = nil
            connection.machine.expire(at: moment)
            pump(connection)
        }
        if let stopDeadline, stopDeadline <= moment.instant { closeAll() }
    }

    /// Takes no more clients, and closes what is idle.
    private mutating func stop(by deadline: ContinuousClock.Instant) {
        stopDeadline = min(stopDeadline ?? deadline, deadline)
        guard accepting != .ended else { return }
        accepting = .ended
        listeners = [:]
        for connection in connections.values {
            connection.machine.drain(at: moment)
            pump(connection)
        }
    }

    private mutating func closeAll() {
        for connection in connections.values {
            connection.machine.fail()
            pump(connection)
        }
    }

    /// Tells everyone who still waits that nothing will come of it.
    private mutating func end() {
        listeners = [:]
        closeAll()
        for reply in shared.mailbox.close().replies + Array(delayed.values) {
            reply.response.onFinish?(.aborted)
        }
        delayed = [:]
    }
}
