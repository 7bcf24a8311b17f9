// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxSystem

@testable import HTTPEndpoint

/// Plays the socket, the handler and the clock for a `ConnectionMachine`, and writes down what it does.
struct MachineDriver {
    var machine: ConnectionMachine
    /// What it did, in order.
    var log: [String] = []
    /// What it wrote.
    var output = ""
    /// Requests that wait for a response.
    var waiting: [(id: Int, request: Request)] = []

    private var now: ContinuousClock.Instant
    private let answer: (@Sendable (Request) -> Response)?

    /// Begins a connection.
    ///
    /// - Parameters:
    ///   - limits: of the connection.
    ///   - answer: answers each request at once; `nil` leaves them waiting.
    init(_ limits: Limits = Limits(), answer: (@Sendable (Request) -> Response)? = nil) {
        now = .now
        self.answer = answer
        machine = ConnectionMachine(limits: limits, peer: "peer", at: now)
    }

    var moment: LoopTime { LoopTime(instant: now, date: Array("today".utf8)) }

    /// Lets bytes arrive, if the machine reads.
    ///
    /// - Returns: whether it did.
    @discardableResult
    mutating func receive(_ bytes: some Collection<UInt8>) -> Bool {
        guard machine.wantsRead else { return false }
        machine.receive(Array(bytes).span, at: moment)
        settle()
        return true
    }

    /// Lets text arrive.
    mutating func receive(_ text: String) { receive(Array(text.utf8)) }

    /// Ends the client's stream.
    mutating func end() {
        machine.receiveEnd(at: moment)
        settle()
    }

    /// Answers a request.
    mutating func respond(_ exchange: Int, _ response: Response) {
        waiting.removeAll { $0.id == exchange }
        machine.respond(to: exchange, with: response, at: moment)
        settle()
    }

    /// Lets time pass in one step, without a call at any deadline before.
    mutating func pass(_ duration: Duration) {
        now += duration
        machine.expire(at: moment)
        settle()
    }

    mutating func drain() {
        machine.drain(at: moment)
        settle()
    }

    /// Whether the socket takes bytes; `false` is a client that does not read.
    var isWritable = true {
        didSet { settle() }
    }

    /// How long until the machine wants to be called.
    var untilDeadline: Duration? { machine.deadline.map { $0 - now } }

    private mutating func settle() {
        repeat {
            while let action = machine.nextAction() { perform(action) }
        } while write()
    }

    private mutating func perform(_ action: ConnectionMachine.Action) {
        switch action {
        case .handle(let request, let exchange):
            log.append("handle \(request.method) \(request.path)")
            if let answer {
                machine.respond(to: exchange, with: answer(request), at: moment)
            } else {
                waiting.append((exchange, request))
            }
        case .stalled(let onStall):
            log.append("stalled")
            onStall()
        case .finished(let closure):
            log.append("\(closure.finish)")
            closure.onFinish?(closure.finish)
        case .shutDownWriting: log.append("shut down")
        case .close: log.append("close")
        case .reset: log.append("reset")
        }
    }

    private mutating func write() -> Bool {
        let allowance = machine.allowance(at: now)
        guard isWritable, allowance > 0, let writer = machine.writer else { return false }
        let bytes = writer.copied(atMost: allowance)
        output += String(decoding: bytes, as: UTF8.self)
        machine.wrote(bytes.count, at: moment)
        return true
    }
}

extension ResponseWriter {
    /// The bytes that it lends, as one array.
    func copied(atMost limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        _ = try? unsafe lend(atMost: limit) { vectors throws(Errno) in
            for index in vectors.indices {
                let vector = unsafe vectors[index]
                unsafe bytes.append(
                    contentsOf: UnsafeRawBufferPointer(start: vector.iov_base, count: vector.iov_len)
                )
            }
            return bytes.count
        }
        return bytes
    }
}
