// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import Logging
import Synchronization

extension EndpointThread {
    /// The maximum number of bytes that one connection may write per iteration, so that others need not wait.
    private static let writeBudget = 256 << 10

    /// The maximum number of writes of one connection per iteration.
    private static let writeLimit = 16

    /// Performs the actions of a connection's state machine and writes its output, after every input.
    mutating func process(_ connection: Connection) {
        performActions(of: connection)
        write(connection)
        if connection.isCloseNotifyPending { connection.shutDownWriting() }
        if !connection.isClosed { updateRegistration(of: connection) }
    }

    /// Adds a new connection to the loop.
    ///
    /// - Throws: an error of epoll, which has no memory or no capacity left.
    mutating func register(_ connection: Connection) throws(Errno) {
        try epoll.add(connection.id, for: connection.interest)
        connections[connection.id] = connection
        shared.openConnections.add(1, ordering: .relaxed)
        shared.acceptedConnections.add(1, ordering: .relaxed)
        updateRegistration(of: connection)
    }

    private mutating func performActions(of connection: Connection) {
        while let action = connection.machine.nextAction() {
            switch action {
            case .handle(let request, let exchange): handle(request, exchange, of: connection)
            case .stalled(let onStall): onStall()
            case .finished(let outcome, let onFinish): onFinish?(outcome)
            case .shutDownWriting: connection.shutDownWriting()
            case .reset:
                connection.resetWhenClosed()
                remove(connection)
            case .close:
                connection.prepareToClose()
                remove(connection)
            }
        }
    }

    private mutating func handle(_ request: Request, _ exchange: Int, of connection: Connection) {
        shared.requests.add(1, ordering: .relaxed)
        let handler = shared.handler.withLock { $0 }.handler
        handler(request, responder(for: exchange, of: connection))
    }

    private func responder(for exchange: Int, of connection: Connection) -> Responder {
        let inbox = shared.inbox
        let id = connection.id
        let isAbandoned = { @Sendable [weak lifetime = connection.lifetime] in lifetime == nil }
        return Responder(isAbandoned: isAbandoned) { response in
            let reply = LoopInbox.Reply(connection: id, exchange: exchange, response: response)
            if !inbox.post(reply) { response.onFinish?(.aborted) }
        }
    }

    /// Writes until the budget is used or the kernel's buffer is full.
    private mutating func write(_ connection: Connection) {
        var budget = Self.writeBudget
        for _ in 0..<Self.writeLimit where budget > 0 {
            let limit = min(budget, connection.machine.writer?.remaining ?? 0)
            guard limit > 0 else { return }
            do throws(Errno) {
                guard let count = try connection.write(limit: limit) else { return }
                budget -= count
                connection.machine.wrote(count, at: time)
            } catch {
                connection.machine.fail()
            }
            performActions(of: connection)
        }
    }

    /// Updates epoll and the queues of the loop after a change of a connection.
    private mutating func updateRegistration(of connection: Connection) {
        var interest: Epoll.Readiness = connection.machine.isReading ? connection.readableWhen : []
        if connection.machine.writer != nil { interest.formUnion(connection.writableWhen) }
        if connection.isCloseNotifyPending { interest.insert(.write) }
        if interest != connection.interest {
            connection.interest = interest
            do throws(Errno) {
                try epoll.modify(connection.id, for: interest)
            } catch {
                logWatchFailure(of: connection, error)
                connection.machine.fail()
                return performActions(of: connection)
            }
        }
        let deadline = connection.machine.deadline
        if deadline != connection.deadline {
            connection.deadline = deadline
            deadlines.set(deadline, for: connection.id)
        }
        let evictableFrom = connection.machine.evictableFrom
        if evictableFrom != connection.evictableFrom {
            connection.evictableFrom = evictableFrom
            evictable.set(evictableFrom, for: connection.id)
            // The earliest time of an eviction may have changed.
            if case .full = acceptState { hasNewCapacity = true }
        }
        let isIdle = connection.machine.isIdle
        if isIdle != connection.isListedIdle {
            connection.isListedIdle = isIdle
            idle.set(isIdle ? time.instant : nil, for: connection.id)
            if isIdle { hasNewCapacity = true }
        }
    }

    /// Removes a connection from the loop.
    ///
    /// This closes its socket, and epoll removes it.
    private mutating func remove(_ connection: Connection) {
        guard !connection.isClosed else { return }
        connection.isClosed = true
        connections[connection.id] = nil
        deadlines.set(nil, for: connection.id)
        idle.set(nil, for: connection.id)
        evictable.set(nil, for: connection.id)
        hasNewCapacity = true
        shared.openConnections.subtract(1, ordering: .relaxed)
    }

    private func logWatchFailure(of connection: Connection, _ error: Errno) {
        logger.warning(
            "cannot watch a connection",
            metadata: [
                "event": "connection_failed", "peer": "\(connection.machine.peer)", "error": "\(error)",
            ]
        )
    }
}
