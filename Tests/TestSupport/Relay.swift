// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization

/// A wire between a client and a server on loopback, which fails as networks do when it is told to.
///
/// It listens on one port for as long as it lives, but for when connections are to be refused. Requests have no bodies
/// and are not pipelined: what comes from the server after something came from the client is an answer's beginning.
package final class Relay: Sendable {
    /// What becomes of connections and of what they carry.
    package enum Mode: Sendable, Hashable {
        /// Everything arrives.
        case pass
        /// Nobody listens, and what is open is reset.
        case refuse
        /// Connections are accepted and reset.
        case reset
        /// Connections are accepted, and nothing moves.
        case stall
        /// Answers stop half way, with a reset.
        case resetAmid
        /// Answers stop half way, with an end of the stream.
        case cutAmid
        /// A connection that is used again is closed as the second request arrives.
        case closeAtReuse
        /// Answers dribble at so many bytes per second.
        case dribble(bytesPerSecond: Int)
        /// Answers are noise.
        case garbage
        /// Answers say HTTP/1.0.
        case oldVersion
        /// Interim responses come before each answer.
        case interim
    }

    /// What the threads have in common.
    private final class State: Sendable {
        struct Storage {
            var mode = Mode.pass
            var befallen = 0
            var isStopped = false
        }

        let storage = Mutex(Storage())
        /// Where the server listens on 127.0.0.1.
        let upstream: UInt16

        init(upstream: UInt16) { self.upstream = upstream }

        var mode: Mode { storage.withLock { $0.mode } }
        var isStopped: Bool { storage.withLock { $0.isStopped } }

        func count() { storage.withLock { $0.befallen += 1 } }
    }

    private let state: State

    /// The port on 127.0.0.1, chosen by the system.
    package let port: UInt16

    /// Begins to listen.
    ///
    /// - Parameter upstream: the server's port on 127.0.0.1.
    /// - Throws: the call that failed.
    package init(to upstream: UInt16) throws(SystemError) {
        state = State(upstream: upstream)
        let (listener, port) = try Self.listen(on: 0)
        self.port = port
        let state = state
        do {
            try OwnThread.start { Self.accept(listener, port, state) }
        } catch {
            close(listener)
            throw error
        }
    }

    deinit { state.storage.withLock { $0.isStopped = true } }

    /// Fails from now on as it is told.
    package func set(_ mode: Mode) { state.storage.withLock { $0.mode = mode } }

    /// How many connections and answers something befell so far.
    package var befallen: Int { state.storage.withLock { $0.befallen } }

    /// Accepts on a thread of its own; it alone opens and closes the listening socket.
    private static func accept(_ first: Int32, _ port: UInt16, _ state: State) {
        var listener: Int32? = first
        defer { if let listener { close(listener) } }
        while !state.isStopped {
            if state.mode == .refuse {
                if let open = listener.take() {
                    close(open)
                    state.count()
                }
                usleep(5000)
                continue
            }
            guard let open = listener else {
                listener = (try? listen(on: port))?.0
                if listener == nil { usleep(5000) }
                continue
            }
            var wanted = pollfd(fd: open, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&wanted, 1, 10) > 0 else { continue }
            let client = Glibc.accept(open, nil, nil)
            guard client >= 0 else { continue }
            do {
                try OwnThread.start { carry(client, state) }
            } catch {
                close(client)
            }
        }
    }

    private static func carry(_ client: Int32, _ state: State) {
        defer { close(client) }
        guard let server = connect(to: state.upstream) else { return }
        defer { close(server) }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var requests = 0
        var isBeginning = false
        while !state.isStopped {
            let mode = state.mode
            if mode == .refuse || mode == .reset {
                state.count()
                return abort(client)
            }
            var ends = [pollfd(fd: client, events: Int16(POLLIN), revents: 0)]
            ends.append(pollfd(fd: server, events: Int16(POLLIN), revents: 0))
            guard unsafe poll(&ends, 2, 10) > 0 else { continue }
            if mode == .stall {
                // A client that has gone is no reason to stay.
                if ends[0].revents & Int16(POLLHUP | POLLERR) != 0 { return }
                usleep(5000)
                continue
            }
            if ends[0].revents != 0 {
                let count = unsafe recv(client, &buffer, buffer.count, 0)
                guard count > 0 else { return }
                requests += 1
                isBeginning = true
                if mode == .closeAtReuse, requests > 1 { return state.count() }
                guard send(server, buffer[..<count]) else { return }
            }
            if ends[1].revents != 0 {
                var most = buffer.count
                if case .dribble(let rate) = mode {
                    most = max(1, rate / 50)
                    usleep(20_000)
                }
                let count = unsafe recv(server, &buffer, most, 0)
                guard count > 0 else { return }
                if isBeginning, mode != .pass, mode != .closeAtReuse { state.count() }
                let answer = spoiled(buffer[..<count], isBeginning, mode)
                isBeginning = false
                guard send(client, answer[...]) else { return }
                if mode == .resetAmid { return abort(client) }
                if mode == .cutAmid { return }
            }
        }
    }

    private static func spoiled(_ bytes: ArraySlice<UInt8>, _ isBeginning: Bool, _ mode: Mode) -> [UInt8] {
        switch mode {
        case .garbage: return bytes.map { $0 ^ 0xa5 }
        case .resetAmid, .cutAmid: return Array(bytes.prefix(bytes.count / 2))
        case .interim where isBeginning:
            let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
            return Array(interim.utf8) + bytes
        case .oldVersion where isBeginning && bytes.starts(with: "HTTP/1.1".utf8):
            return Array("HTTP/1.0".utf8) + bytes.dropFirst(8)
        default: return Array(bytes)
        }
    }

    /// Closes with a reset, as a peer does that has crashed; the caller closes.
    private static func abort(_ descriptor: Int32) {
        var now = linger(l_onoff: 1, l_linger: 0)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }

    private static func send(_ descriptor: Int32, _ bytes: ArraySlice<UInt8>) -> Bool {
        var left = bytes
        while !left.isEmpty {
            let count = unsafe left.withUnsafeBytes {
                unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return false }
            left = left.dropFirst(count)
        }
        return true
    }

    private static func connect(to port: UInt16) -> Int32? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        let code = unsafe withAddress(port) { unsafe Glibc.connect(descriptor, $0, $1) }
        guard code == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    private static func listen(on port: UInt16) throws(SystemError) -> (Int32, UInt16) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { throw SystemError(call: "socket", number: errno) }
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        _ = unsafe setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, size)
        var given = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        guard unsafe withAddress(port, { unsafe bind(listener, $0, $1) }) == 0,
            Glibc.listen(listener, 512) == 0,
            unsafe withUnsafeMutablePointer(
                to: &given,
                { pointer in
                    unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                        unsafe getsockname(listener, $0, &length)
                    }
                }
            ) == 0
        else {
            let number = errno
            close(listener)
            throw SystemError(call: "bind", number: number)
        }
        return (listener, UInt16(bigEndian: given.sin_port))
    }

    @unsafe private static func withAddress(
        _ port: UInt16,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr = in_addr(s_addr: UInt32(INADDR_LOOPBACK).bigEndian)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
