// SPDX-License-Identifier: Apache-2.0

@testable import HTTPEndpoint
import Glibc
import LinuxSystem

/// A simulated socket, handler and clock around a `ConnectionMachine`, with a log of its actions.
struct MachineDriver {
    var machine: ConnectionMachine
    /// The actions in order.
    var log: [String] = []
    /// The written bytes.
    var output = ""
    /// The requests that wait for a response.
    var waiting: [(id: Int, request: Request)] = []

    private var now: ContinuousClock.Instant
    private let answer: (@Sendable (Request) -> Response)?

    /// Creates a connection.
    ///
    /// - Parameters:
    ///   - limits: the limits of the connection.
    ///   - answer: responds to each request at once; `nil` leaves them waiting.
    init(_ limits: Limits = Limits(), answer: (@Sendable (Request) -> Response)? = nil) {
        now = .now
        self.answer = answer
        machine = ConnectionMachine(limits: limits, peer: "peer", at: now)
    }

    var time: LoopTime { LoopTime(instant: now, date: Array("today".utf8)) }

    /// Passes bytes to the machine if it is reading.
    ///
    /// - Returns: whether it is reading.
    @discardableResult
    mutating func receive(_ bytes: some Collection<UInt8>) -> Bool {
        guard machine.isReading else { return false }
        machine.receive(Array(bytes).span, at: time)
        settle()
        return true
    }

    /// Passes text to the machine if it is reading.
    mutating func receive(_ text: String) { receive(Array(text.utf8)) }

    /// Ends the client's stream.
    mutating func end() {
        machine.receiveEnd(at: time)
        settle()
    }

    /// Responds to a request.
    mutating func respond(_ exchange: Int, _ response: Response) {
        waiting.removeAll { $0.id == exchange }
        machine.respond(to: exchange, with: response, at: time)
        settle()
    }

    /// Advances the time in one step, without calls at earlier deadlines.
    mutating func pass(_ duration: Duration) {
        now += duration
        machine.expire(at: time)
        settle()
    }

    mutating func drain() {
        machine.drain(at: time)
        settle()
    }

    /// Whether the socket accepts bytes; `false` simulates a client that does not read.
    var isWritable = true {
        didSet { settle() }
    }

    /// The time until the machine's deadline.
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
                machine.respond(to: exchange, with: answer(request), at: time)
            } else {
                waiting.append((exchange, request))
            }
        case .stalled(let onStall):
            log.append("stalled")
            onStall()
        case .finished(let outcome, let onFinish):
            log.append("\(outcome)")
            onFinish?(outcome)
        case .shutDownWriting: log.append("shut down")
        case .close: log.append("close")
        case .reset: log.append("reset")
        }
    }

    private mutating func write() -> Bool {
        guard isWritable, let writer = machine.writer else { return false }
        let bytes = writer.copied(atMost: writer.remaining)
        output += String(decoding: bytes, as: UTF8.self)
        machine.wrote(bytes.count, at: time)
        return true
    }
}

extension ResponseWriter {
    /// Returns the next bytes as one array.
    func copied(atMost limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        _ = try? unsafe withVectors(limit: limit) { vectors throws(Errno) in
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
