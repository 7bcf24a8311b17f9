// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxSystem
import Logging

extension EndpointThread {
    /// The most clients that are taken from one listener in a round.
    private static let acceptLimit = 64

    /// How long to wait when there is no descriptor to be had and none of ours closes.
    private static let exhaustionPause = Duration.seconds(1)

    /// Takes the clients that wait, as far as there is room.
    mutating func accept() {
        switch accepting {
        case .open: break
        case .full(let until) where hasMadeRoom || until.map { $0 <= moment.instant } ?? false: resume()
        case .exhausted(let until) where hasMadeRoom || until <= moment.instant: resume()
        case .full, .exhausted, .ended: return
        }
        hasMadeRoom = false
        for listener in listeners.values {
            for _ in 0..<Self.acceptLimit where accepting == .open {
                guard accept(from: listener) else { break }
            }
        }
    }

    /// Takes one client.
    ///
    /// - Returns: whether to ask again.
    private mutating func accept(from listener: Listener) -> Bool {
        do throws(Errno) {
            guard connections.count < limits.connections || leastNeeded != nil else {
                pause(.full(until: expendable.first?.time))
                return false
            }
            guard let accepted = try listener.accept() else { return false }
            if connections.count >= limits.connections { makeRoom() }
            begin(accepted)
        } catch {
            return endures(error)
        }
        return true
    }

    private mutating func begin(_ accepted: consuming Listener.Accepted) {
        if hasReportedExhaustion {
            hasReportedExhaustion = false
            logger.info("Clients are accepted again.")
        }
        let peer = accepted.peer.description
        logger.trace("A client has connected.", metadata: ["peer": "\(peer)"])
        generation = generation == .max ? 1 : generation + 1
        let id = ConnectionID(descriptor: accepted.descriptor.rawValue, generation: generation)
        // A response leaves as a whole; to hold back its last segment only costs time. It fails only for a client
        // that has gone again, which the first read will tell.
        try? accepted.descriptor.setOption(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        let machine = ConnectionMachine(limits: limits, peer: peer, at: moment.instant)
        do throws(Errno) {
            let stream = try secure(accepted.descriptor.rawValue)
            adopt(Connection(accepted.intoDescriptor(), id: id, machine: machine, stream: stream))
        } catch {
            logger.warning("A client cannot be served.", metadata: ["error": "\(error)"])
        }
    }

    /// The connection that closes first for a new client: the one that is idle for longest, else the one whose client has
    /// made no progress for longest, if that is long enough.
    private var leastNeeded: ConnectionID? {
        if let idlest = idle.first { return idlest.key }
        guard let stalled = expendable.first, stalled.time <= moment.instant else { return nil }
        return stalled.key
    }

    private mutating func makeRoom() {
        guard let id = leastNeeded, let connection = connections[id] else { return }
        logger.debug(
            "A connection makes room for a new one.",
            metadata: ["peer": "\(connection.machine.peer)"]
        )
        connection.machine.fail()
        pump(connection)
    }

    /// Sorts out why a client could not be taken; whatever it is, the loop goes on.
    ///
    /// - Returns: whether the next client may be tried at once.
    ///
    /// Source: accept(2), "Error handling": errors of the new socket are reported here, and are the client's.
    private mutating func endures(_ error: Errno) -> Bool {
        switch error.rawValue {
        case ECONNABORTED, EPERM, ENETDOWN, EPROTO, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP,
            ENETUNREACH, ETIMEDOUT:
            return true
        default:
            if !hasReportedExhaustion {
                hasReportedExhaustion = true
                logger.warning(
                    "No client can be accepted; raise the limit of open files.",
                    metadata: ["error": "\(error)", "connections": "\(connections.count)"]
                )
            }
            pause(.exhausted(until: moment.instant + Self.exhaustionPause))
            return false
        }
    }

    private mutating func pause(_ reason: AcceptState) {
        accepting = reason
        watchListeners(for: [])
    }

    private mutating func resume() {
        accepting = .open
        watchListeners(for: .read)
    }

    private func watchListeners(for readiness: Epoll.Readiness) {
        for id in listeners.keys {
            do throws(Errno) {
                try epoll.modify(id, for: readiness)
            } catch {
                logger.error("A listening socket cannot be watched.", metadata: ["error": "\(error)"])
            }
        }
    }
}
