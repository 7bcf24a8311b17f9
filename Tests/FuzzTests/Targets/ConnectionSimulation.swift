// SPDX-License-Identifier: Apache-2.0

@testable import HTTPEndpoint
import Glibc
import LinuxSystem
import Synchronization

/// A simulated client, handler and clock around a `ConnectionMachine`.
struct ConnectionSimulation {
    /// Counts the reports of a response's outcome.
    private final class Outcomes: Sendable {
        let count = Atomic(0)
    }

    private let limits: Limits
    private var machine: ConnectionMachine
    private var now = ContinuousClock.now
    /// The numbers of the requests without a response.
    private var waiting: [Int] = []
    private var output: [UInt8] = []
    /// The number of bytes that the socket accepts.
    private var capacity = 0
    private var isClosed = false
    private var violation: String?
    private let outcomes = Outcomes()
    private var responses = 0

    init(_ limits: Limits) {
        self.limits = limits
        machine = ConnectionMachine(limits: limits, peer: "peer", at: now)
    }

    private var time: LoopTime { LoopTime(instant: now, date: Array("today".utf8)) }

    /// Receives bytes if the endpoint would read them.
    mutating func receive(_ bytes: ArraySlice<UInt8>) {
        guard machine.isReading, !bytes.isEmpty else { return }
        machine.receive(Array(bytes).span, at: time)
        settle()
    }

    /// Lets time pass, as the event loop does it: to each deadline, or past it.
    mutating func pass(_ duration: Duration) {
        now += duration
        machine.expire(at: time)
        settle()
    }

    /// Lets the socket accept bytes of the responses.
    mutating func accept(_ count: Int) {
        capacity = count
        settle()
    }

    /// Responds to one of the waiting requests, or to one that does not exist.
    ///
    /// The body ends in the number of the request, so that the order of responses is visible.
    mutating func respond(_ argument: Int) {
        let isUnknown = waiting.isEmpty || argument % 16 == 15
        let exchange = isUnknown ? argument : waiting.remove(at: argument % waiting.count)
        var response = Response(
            status: [200, 204, 304, 500][argument % 4],
            body: [Array(repeating: 0x61, count: argument), Array("#\(exchange);".utf8)],
            onFinish: { [outcomes] _ in outcomes.count.add(1, ordering: .relaxed) }
        )
        if argument % 5 == 0 { response.timeLimit = .seconds(1) }
        if argument % 3 == 0 { response.onStall = {} }
        responses += 1
        machine.respond(to: exchange, with: response, at: time)
        settle()
    }

    /// Ends the client's stream.
    mutating func end() {
        guard machine.isReading else { return }
        machine.receiveEnd(at: time)
        settle()
    }

    /// Stops the endpoint, or fails the socket.
    mutating func stop(isGraceful: Bool) {
        if isGraceful { machine.drain(at: time) } else { machine.fail() }
        settle()
    }

    /// Checks the properties that hold after each step.
    func check() throws(FuzzFinding) {
        if let violation { throw FuzzFinding(description: violation) }
        try FuzzFinding.require(
            waiting.count <= limits.pipelinedRequests,
            "\(waiting.count) requests wait for a response"
        )
        let isPending = machine.writer != nil || machine.isReading
        try FuzzFinding.require(!isClosed || !isPending, "a closed connection reads or writes")
        try FuzzFinding.require(
            isClosed == (machine.phase == .closed),
            "the phase \(machine.phase), but closed: \(isClosed)"
        )
        try FuzzFinding.require(
            isClosed || machine.deadline != nil || !waiting.isEmpty,
            "the connection waits for its client without a deadline"
        )
        let numbers = numbers
        try FuzzFinding.require(
            zip(numbers, numbers.dropFirst()).allSatisfy { $0 < $1 },
            "responses in the order \(numbers)"
        )
    }

    /// Responds to everything and waits: the connection must close, and every response must have one outcome.
    mutating func finish() throws(FuzzFinding) {
        for _ in 0..<100 where !isClosed {
            while !waiting.isEmpty { respond(0) }
            if let deadline = machine.deadline { now = max(now, deadline) }
            pass(.zero)
            try check()
        }
        try FuzzFinding.require(isClosed, "the connection does not end")
        let count = outcomes.count.load(ordering: .relaxed)
        try FuzzFinding.require(count == responses, "\(count) outcomes of \(responses) responses")
    }
}

extension ConnectionSimulation {
    private mutating func settle() {
        repeat {
            while let action = machine.nextAction() { perform(action) }
        } while write()
    }

    private mutating func perform(_ action: ConnectionMachine.Action) {
        switch action {
        case .finished(_, let onFinish):
            onFinish?(.sent)
            return
        default: if isClosed { violation = "an action after the end: \(action)" }
        }
        switch action {
        case .handle(let request, let exchange):
            if request.body.count > limits.bodyBytes { violation = "a body of \(request.body.count) bytes" }
            waiting.append(exchange)
        case .close, .reset: (isClosed, waiting) = (true, [])
        case .stalled, .shutDownWriting, .finished: break
        }
    }

    private mutating func write() -> Bool {
        guard capacity > 0, let writer = machine.writer else { return false }
        var count = 0
        _ = try? unsafe writer.withVectors(limit: capacity) { vectors throws(Errno) in
            for index in vectors.indices {
                let vector = unsafe vectors[index]
                let bytes = unsafe UnsafeRawBufferPointer(start: vector.iov_base, count: vector.iov_len)
                unsafe output.append(contentsOf: bytes)
                count += bytes.count
            }
            return count
        }
        capacity -= count
        machine.wrote(count, at: time)
        return count > 0
    }

    /// The numbers of the requests whose responses were written completely, in the order of the output.
    private var numbers: [Int] {
        output.split(separator: UInt8(ascii: "#")).dropFirst().compactMap { part in
            guard let end = part.firstIndex(of: UInt8(ascii: ";")) else { return nil }
            return Int(String(decoding: part[..<end], as: UTF8.self))
        }
    }
}
