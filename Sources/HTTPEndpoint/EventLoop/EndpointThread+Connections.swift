// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import Logging
import Synchronization

extension EndpointThread {
    /// The most bytes that one connection may write in a round, so that no client waits long for another.
    private static let writeBudget = 256 << 10

    /// The most writes of one connection in a round.
    private static let writeLimit = 16

    /// Does what a connection's machine asks for, after every event.
    mutating func pump(_ connection: Connection) {
        perform(connection)
        write(connection)
        if connection.owesGoodbye { connection.shutDownWriting() }
        if !connection.isClosed { refresh(connection) }
    }

    /// Counts a new connection and watches it.
    mutating func adopt(_ connection: Connection) {
        do throws(Errno) {
            try epoll.add(connection.id, for: connection.interest)
        } catch {
            logger.warning("A connection cannot be watched.", metadata: ["error": "\(error)"])
            return
        }
        connections[connection.id] = connection
        shared.openConnections.add(1, ordering: .relaxed)
        shared.acceptedConnections.add(1, ordering: .relaxed)
        refresh(connection)
    }

    private mutating func perform(_ connection: Connection) {
        while let action = connection.machine.nextAction() {
            switch action {
            case .handle(let request, let exchange): handle(request, exchange, of: connection)
            case .stalled(let onStall): onStall()
            case .finished(let closure):
                if closure.wasHandled { shared.requestsInFlight.subtract(1, ordering: .relaxed) }
                closure.onFinish?(closure.finish)
            case .shutDownWriting: connection.shutDownWriting()
            case .reset:
                connection.resetWhenClosed()
                drop(connection)
            case .close:
                connection.prepareToClose()
                drop(connection)
            }
        }
    }

    private mutating func handle(_ request: Request, _ exchange: Int, of connection: Connection) {
        shared.requests.add(1, ordering: .relaxed)
        let limit = limits.requestsInFlight
        guard limit <= 0 || shared.requestsInFlight.load(ordering: .relaxed) < limit else {
            let refusal = Response.text(
                503,
                "Limit of concurrent requests reached (\(limit)), try again later."
            )
            return connection.machine.respond(to: exchange, with: refusal, at: moment, wasHandled: false)
        }
        shared.requestsInFlight.add(1, ordering: .relaxed)
        let handler = shared.answering.withLock { $0 }.handler
        handler(request, responder(for: exchange, of: connection.id))
    }

    private func responder(for exchange: Int, of connection: ConnectionID) -> Responder {
        let mailbox = shared.mailbox
        return Responder { response, delay in
            let reply = LoopInbox.Reply(
                connection: connection,
                exchange: exchange,
                response: response,
                due: delay > .zero ? .now + delay : nil
            )
            if !mailbox.post(reply) { response.onFinish?(.aborted) }
        }
    }

    /// Writes what may be written, until the budget is used or the kernel takes no more.
    private mutating func write(_ connection: Connection) {
        var budget = Self.writeBudget
        for _ in 0..<Self.writeLimit where budget > 0 {
            let wanted = min(budget, connection.machine.allowance(at: moment.instant))
            guard wanted > 0 else { return }
            do throws(Errno) {
                guard let count = try connection.write(atMost: wanted) else { return }
                budget -= count
                connection.machine.wrote(count, at: moment)
            } catch {
                connection.machine.fail()
            }
            perform(connection)
        }
    }

    /// Tells epoll and the lists what has changed.
    private mutating func refresh(_ connection: Connection) {
        var interest: Epoll.Readiness = connection.machine.wantsRead ? connection.readableWhen : []
        if connection.machine.allowance(at: moment.instant) > 0 {
            interest.formUnion(connection.writableWhen)
        }
        if connection.owesGoodbye { interest.insert(.write) }
        if interest != connection.interest {
            connection.interest = interest
            do throws(Errno) {
                try epoll.modify(connection.id, for: interest)
            } catch {
                logger.warning("A connection cannot be watched.", metadata: ["error": "\(error)"])
                connection.machine.fail()
                return perform(connection)
            }
        }
        let deadline = connection.machine.deadline
        if deadline != connection.deadline {
            connection.deadline = deadline
            deadlines.set(deadline, for: connection.id)
        }
        let expendableFrom = connection.machine.expendableFrom
        if expendableFrom != connection.expendableFrom {
            connection.expendableFrom = expendableFrom
            expendable.set(expendableFrom, for: connection.id)
            // Whoever waits for room may have to wait less.
            if case .full = accepting { hasMadeRoom = true }
        }
        let isIdle = connection.machine.isIdle
        if isIdle != connection.isListedIdle {
            connection.isListedIdle = isIdle
            idle.set(isIdle ? moment.instant : nil, for: connection.id)
            if isIdle { hasMadeRoom = true }
        }
    }

    /// Lets go of a connection, which closes its socket and with it epoll's watch.
    private mutating func drop(_ connection: Connection) {
        guard !connection.isClosed else { return }
        connection.isClosed = true
        connections[connection.id] = nil
        deadlines.set(nil, for: connection.id)
        idle.set(nil, for: connection.id)
        expendable.set(nil, for: connection.id)
        hasMadeRoom = true
        shared.openConnections.subtract(1, ordering: .relaxed)
    }
}
