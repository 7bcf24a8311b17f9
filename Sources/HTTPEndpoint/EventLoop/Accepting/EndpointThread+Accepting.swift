// SPDX-License-Identifier: Apache-2.0

import Foundation
import LinuxSystem
import Logging

extension EndpointThread {
    /// The maximum number of connections to accept from one listener per iteration.
    ///
    /// It bounds the time in which new clients delay others.
    private static let acceptLimit = 16

    /// The maximum number of disconnected clients to drop from one listener's backlog per iteration.
    private static let dropLimit = 512

    /// The pause before the next attempt if no descriptor is available and no connection closes.
    private static let exhaustionPause = Duration.seconds(1)

    /// Accepts waiting connections up to the limit, and drops disconnected clients that wait behind them.
    ///
    /// Clients that connect, send requests and disconnect without end fill the backlog. Responding to such a client takes
    /// several times as long as dropping it, and delays all clients behind it.
    mutating func accept() {
        switch acceptState {
        case .open: break
        case .full(let until) where hasNewCapacity || until.map { $0 <= time.instant } ?? false:
            resumeAccepting()
        case .exhausted(let until) where hasNewCapacity || until <= time.instant: resumeAccepting()
        case .full, .exhausted, .ended: return
        }
        hasNewCapacity = false
        for listener in listeners.values {
            for index in 0..<Self.acceptLimit + Self.dropLimit where acceptState == .open {
                guard accept(from: listener, isCrowded: index >= Self.acceptLimit) else { break }
            }
        }
    }

    /// Accepts one connection.
    ///
    /// - Parameters:
    ///   - listener: the listening socket.
    ///   - isCrowded: whether the limit is reached. The connection is then dropped if the client has ended its stream.
    ///     Otherwise it is the last of this iteration. A client may also end its stream and then read the response, so
    ///     below the limit no connection is dropped.
    /// - Returns: whether the next one may be accepted at once.
    private mutating func accept(from listener: Listener, isCrowded: Bool) -> Bool {
        do throws(Errno) {
            guard connections.count < limits.connections || evictionCandidate != nil else {
                pauseAccepting(.full(until: evictable.first?.time))
                return false
            }
            guard let accepted = try listener.accept() else { return false }
            if isCrowded, accepted.descriptor.hasPeerEndedStream { return true }
            if connections.count >= limits.connections { evict() }
            start(accepted)
        } catch {
            return shouldKeepAccepting(after: error)
        }
        return !isCrowded
    }

    private mutating func start(_ accepted: consuming Listener.Accepted) {
        if acceptFailures.recordSuccess(at: time.instant) {
            logger.info("accepting connections again", metadata: ["event": "accept_resumed"])
        }
        let peer = accepted.peer.description
        logger.trace("client connected", metadata: ["event": "client_connected", "peer": "\(peer)"])
        generation = generation == .max ? 1 : generation + 1
        let id = ConnectionID(descriptor: accepted.descriptor.rawValue, generation: generation)
        // Nagle's algorithm would delay the last segment of a response. The call fails only if the client has
        // disconnected, which the first read reports.
        try? accepted.descriptor.setOption(Int32(IPPROTO_TCP), TCP_NODELAY, 1)
        let machine = ConnectionMachine(limits: limits, peer: peer, at: time.instant)
        do throws(Errno) {
            let stream = try makeTLSStream(accepted.descriptor.rawValue)
            try register(Connection(accepted.intoDescriptor(), id: id, machine: machine, stream: stream))
        } catch {
            report(error)
        }
    }

    /// The connection to evict for a new client: the one idle for longest, else the one stalled for longest.
    private var evictionCandidate: ConnectionID? {
        if let idlest = idle.first { return idlest.key }
        guard let stalled = evictable.first, stalled.time <= time.instant else { return nil }
        return stalled.key
    }

    private mutating func evict() {
        guard let id = evictionCandidate, let connection = connections[id] else { return }
        logger.debug(
            "evicting a connection for a new client",
            metadata: ["event": "connection_evicted", "peer": "\(connection.machine.peer)"]
        )
        connection.machine.fail()
        process(connection)
    }

    /// Handles a failed accept, and pauses if the process is out of resources.
    ///
    /// - Returns: whether the next connection may be accepted at once.
    ///
    /// Source: accept(2), "Error handling": errors of the new socket are reported by accept.
    private mutating func shouldKeepAccepting(after error: Errno) -> Bool {
        switch error.rawValue {
        case ECONNABORTED, EPERM, ENETDOWN, EPROTO, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP,
            ENETUNREACH, ETIMEDOUT:
            return true
        default:
            report(error)
            pauseAccepting(.exhausted(until: time.instant + Self.exhaustionPause))
            return false
        }
    }

    private mutating func report(_ error: Errno) {
        guard acceptFailures.recordFailure(at: time.instant) else { return }
        logger.warning(
            "cannot accept connections; raise the limit of open files",
            metadata: ["event": "accept_failed", "error": "\(error)", "connections": "\(connections.count)"]
        )
    }

    private mutating func pauseAccepting(_ state: AcceptState) {
        acceptState = state
        watchListeners(for: [])
    }

    private mutating func resumeAccepting() {
        acceptState = .open
        watchListeners(for: .read)
    }

    private func watchListeners(for readiness: Epoll.Readiness) {
        for id in listeners.keys {
            do throws(Errno) {
                try epoll.modify(id, for: readiness)
            } catch {
                logger.error(
                    "cannot watch a listening socket",
                    metadata: ["event": "endpoint_watch_failed", "error": "\(error)"]
                )
            }
        }
    }
}
