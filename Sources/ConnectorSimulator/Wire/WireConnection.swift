// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc
import LinuxSystem
import Synchronization

/// One client's connection and the connection to the server that belongs to it.
///
/// One thread passes requests on, another one passes responses on and applies faults to them. Both block, so a fault is
/// a plain sequence of sends and waits.
final class WireConnection: Sendable {
    private let client: WireSocket
    private let server: WireSocket
    private let mode: @Sendable () -> Relay.Mode
    private let isReset = Atomic(false)
    private let requestsEnded = DispatchSemaphore(value: 0)

    /// The time for which a client may read nothing.
    private static let sendTimeout = 30
    private static let endlessTimeout = Duration.seconds(300)

    init(client: WireSocket, server: WireSocket, mode: @escaping @Sendable () -> Relay.Mode) {
        self.client = client
        self.server = server
        self.mode = mode
        client.set(SO_SNDTIMEO, timeval(tv_sec: Self.sendTimeout, tv_usec: 0))
        // The last part of a long response must not wait for an acknowledgement (tcp(7)).
        client.set(TCP_NODELAY, level: Int32(IPPROTO_TCP), Int32(1))
    }

    /// Serves until either side ends the connection; blocks.
    func run() {
        let isStarted: Void? = try? DetachedThread.start(named: "relay-requests") { [self] in
            passRequests()
            requestsEnded.signal()
        }
        guard isStarted != nil else { return }
        passResponses()
        // A reset must not be preceded by an orderly end.
        if !isReset.load(ordering: .acquiring) { client.shutDown() }
        server.shutDown()
        requestsEnded.wait()
    }

    /// Ends the connection; `run()` returns soon after.
    func end() {
        client.shutDown()
        server.shutDown()
    }

    /// Ends the connection with RST, as the peer of a crashed process sees it.
    func reset() {
        isReset.store(true, ordering: .releasing)
        client.resetWhenClosed()
        server.shutDown()
    }
}

extension WireConnection {
    private func passRequests() {
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        var requests = 0
        while true {
            let count = client.receive(into: &buffer)
            guard count > 0 else { break }
            requests += 1
            if mode() == .closeOnReuse, requests > 1 { return end() }
            guard waitWhileHeld() else { break }
            // After an error the client's bytes are still read, because closing a socket with unread bytes sends
            // RST, which can destroy a response that the client has not read yet.
            _ = server.send(buffer, 0..<count)
        }
        server.shutDown(Int(SHUT_WR))
    }

    private func passResponses() {
        var reader = ResponseReader(server)
        while let head = reader.nextHead(), waitWhileHeld() {
            guard pass(head, &reader) else { return }
        }
    }

    /// Waits until the mode lets bytes move.
    ///
    /// - Returns: `false` if the client ends the connection first.
    private func waitWhileHeld() -> Bool {
        while mode() == .hold {
            if client.hasEnded(within: .milliseconds(10), halfClosed: true) { return false }
        }
        return true
    }

    /// Passes one response on.
    ///
    /// - Returns: whether another response may follow.
    private func pass(_ head: ResponseHead, _ reader: inout ResponseReader) -> Bool {
        var instruction = head.instruction
        if case .fault(let fault) = mode() { instruction.fault = fault }
        guard !head.isInterim, instruction != WireInstruction() else {
            return reader.forward(head.bodyCount.map { $0 + head.receivedCount } ?? .max, to: client)
        }
        reader.skip(head.receivedCount)
        let body = reader.body(head.bodyCount)
        if instruction.delay > .zero {
            if client.hasEnded(within: instruction.delay, halfClosed: false) { return false }
        }
        return send(head, body, instruction.fault) && head.bodyCount == body.count
    }
}

extension WireConnection {
    private func send(_ head: ResponseHead, _ body: [UInt8], _ fault: WireFault?) -> Bool {
        switch fault {
        case nil: return client.send(head.bytes + body)
        case .reset:
            reset()
            return false
        case .stall(let count):
            if client.send(head.bytes + body.prefix(count)) {
                _ = client.hasEnded(within: .seconds(Self.sendTimeout), halfClosed: true)
            }
            return false
        case .cut(let count, let isReset):
            _ = client.send(head.bytes + body.prefix(count ?? body.count / 2))
            if isReset { reset() }
            return false
        case .slow(let rate): return client.send(head.bytes) && send(body, bytesPerSecond: max(1, rate))
        case .endless: return sendEndlessly(head, body)
        case .garbage: return client.send((head.bytes + body).map { $0 ^ 0xa5 })
        case .oldVersion: return client.send(Array("HTTP/1.0".utf8) + head.bytes.dropFirst(8) + body)
        case .interim:
            let interim = "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
            return client.send(Array(interim.utf8) + head.bytes + body)
        }
    }

    /// Sends a slice 20 times a second, so that the flow is even and wake-ups are few.
    private func send(_ body: [UInt8], bytesPerSecond rate: Int) -> Bool {
        let start = ContinuousClock.now
        var sent = 0
        while sent < body.count {
            let slice = sent..<min(body.count, sent + max(1, rate / 20))
            let due = start + .seconds(Double(slice.upperBound) / Double(rate))
            guard !client.hasEnded(within: due - .now, halfClosed: false), client.send(body, slice) else {
                return false
            }
            sent = slice.upperBound
        }
        return true
    }

    private func sendEndlessly(_ head: ResponseHead, _ body: [UInt8]) -> Bool {
        // A response to HEAD has no body that could be endless.
        if head.bodyCount == 0, head.instruction.hasNoBody { return client.send(head.bytes) }
        let body = body.isEmpty ? [0x20] : body
        let chunk = Array("\(String(body.count, radix: 16))\r\n".utf8) + body + [0x0d, 0x0a]
        let deadline = ContinuousClock.now + Self.endlessTimeout
        guard client.send(head.chunked) else { return false }
        while .now < deadline, client.send(chunk) {}
        return false
    }
}
