// SPDX-License-Identifier: Apache-2.0

import Testing
import TestSupport

@testable import HTTPEndpoint

@Suite struct ConnectionMachineTests {
    static let get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"

    static func reply(_ body: String, _ lines: String = "") -> String {
        "HTTP/1.1 200 OK\r\nDate: today\r\nContent-Length: \(body.utf8.count)\r\n\(lines)\r\n\(body)"
    }

    static func respond(_ request: Request) -> Response {
        Response(status: 200, body: [Array(request.path.utf8)])
    }

    struct Script: CustomTestStringConvertible {
        let testDescription: String
        let input: String
        let log: [String]
        let output: String
    }

    static let scripts: [Script] = [
        Script(
            testDescription: "pipelined requests",
            input: get + "HEAD /b HTTP/1.1\r\nHost: a\r\n\r\n" + get,
            log: ["handle GET /a", "sent", "handle HEAD /b", "sent", "handle GET /a", "sent"],
            output: reply("/a") + "HTTP/1.1 200 OK\r\nDate: today\r\nContent-Length: 2\r\n\r\n" + reply("/a")
        ),
        Script(
            testDescription: "Connection: close, and input after it",
            input: "GET /a HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n" + get,
            log: ["handle GET /a", "sent", "shut down"],
            output: reply("/a", "Connection: close\r\n")
        ),
        Script(
            testDescription: "HTTP/1.0",
            input: "GET /a HTTP/1.0\r\n\r\n",
            log: ["handle GET /a", "sent", "shut down"],
            output: reply("/a", "Connection: close\r\n")
        ),
        Script(
            testDescription: "HTTP/1.0 with keep-alive",
            input: "GET /a HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n" + get,
            log: ["handle GET /a", "sent", "handle GET /a", "sent"],
            output: reply("/a", "Connection: keep-alive\r\n") + reply("/a")
        ),
        Script(
            testDescription: "a valid request and a malformed one",
            input: get + "nonsense\r\n" + get,
            log: ["handle GET /a", "sent", "sent", "shut down"],
            output: reply("/a")
                + "HTTP/1.1 400 Bad Request\r\nDate: today\r\nContent-Type: text/plain; charset=utf-8\r\n"
                + "Content-Length: 21\r\nConnection: close\r\n\r\nInvalid request line."
        ),
        Script(
            testDescription: "a malformed HEAD",
            input: "HEAD /%zz HTTP/1.1\r\n",
            log: ["sent", "shut down"],
            output: "HTTP/1.1 400 Bad Request\r\nDate: today\r\nContent-Type: text/plain; charset=utf-8\r\n"
                + "Content-Length: 40\r\nConnection: close\r\n\r\n"
        ),
    ]

    @Test(arguments: scripts)
    func `behaves the same however the bytes are split`(_ script: Script) {
        for pieces in splits(of: Array(script.input.utf8)) {
            var driver = MachineDriver(answer: Self.respond)
            for piece in pieces { driver.receive(piece) }
            // The split decides whether a request is parsed before or after the previous response is sent.
            let isRequest: (String) -> Bool = { $0.hasPrefix("handle") }
            #expect(driver.log.filter(isRequest) == script.log.filter(isRequest))
            #expect(driver.log.filter { !isRequest($0) } == script.log.filter { !isRequest($0) })
            #expect(driver.output == script.output)
        }
    }

    @Test func `sends responses in the order of their requests`() {
        var driver = MachineDriver()
        driver.receive(Self.get + Self.get.replacing("/a", with: "/b"))
        driver.respond(1, .text(200, "second"))
        #expect(driver.output.isEmpty)
        driver.respond(0, .text(200, "first"))
        #expect(driver.output.ranges(of: "first").count == 1)
        #expect(driver.output.hasSuffix("second"))
        #expect(driver.log == ["handle GET /a", "handle GET /b", "sent", "sent"])
    }

    @Test func `stops reading at the pipeline limit`() {
        var limits = Limits()
        limits.pipelinedRequests = 2
        var driver = MachineDriver(limits)
        driver.receive(Self.get + Self.get + Self.get)
        #expect(driver.waiting.count == 2)
        #expect(!driver.machine.isReading)
        driver.respond(0, .text(200, ""))
        #expect(driver.waiting.map(\.id) == [1, 2])
        #expect(!driver.machine.isReading)
        driver.respond(1, .text(200, ""))
        #expect(driver.machine.isReading)
    }

    @Test func `accepts one response per request`() {
        let outcomes = Events<ResponseOutcome>()
        var driver = MachineDriver()
        driver.receive(Self.get)
        driver.isWritable = false
        driver.respond(0, .text(200, "first"))
        driver.respond(0, Response(status: 200, onFinish: { outcomes.record($0) }))
        driver.respond(7, Response(status: 200, onFinish: { outcomes.record($0) }))
        #expect(outcomes.pending == [.aborted, .aborted])
        driver.isWritable = true
        #expect(driver.output.hasSuffix("first"))
    }

    @Test func `sends 100 before the response`() {
        var driver = MachineDriver(answer: Self.respond)
        driver.receive("POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")
        #expect(driver.output == "HTTP/1.1 100 Continue\r\n\r\n")
        driver.receive("x")
        #expect(driver.output == "HTTP/1.1 100 Continue\r\n\r\n" + Self.reply("/a"))
    }

    @Test func `sends 100 after the responses before it`() {
        var driver = MachineDriver()
        driver.receive(
            Self.get + "POST /b HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n"
        )
        #expect(driver.output.isEmpty)
        driver.respond(0, .text(200, "first"))
        #expect(driver.output.hasSuffix("firstHTTP/1.1 100 Continue\r\n\r\n"))
    }

    @Test func `answers a body that arrives while 100 is being sent`() {
        var driver = MachineDriver(answer: Self.respond)
        driver.isWritable = false
        driver.receive("POST /a HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")
        driver.receive("x")
        driver.isWritable = true
        #expect(driver.output == "HTTP/1.1 100 Continue\r\n\r\n" + Self.reply("/a"))
        #expect(driver.log == ["handle POST /a", "sent"])
    }

    @Test func `closes an idle connection without a response`() {
        var driver = MachineDriver(answer: Self.respond)
        #expect(driver.untilDeadline == .seconds(10))
        driver.receive(Self.get)
        #expect(driver.untilDeadline == .seconds(120))
        driver.pass(.seconds(119))
        #expect(driver.log == ["handle GET /a", "sent"])
        driver.pass(.seconds(1))
        #expect(driver.log == ["handle GET /a", "sent", "close"])
        #expect(driver.output == Self.reply("/a"))
    }

    @Test(arguments: ["GET", "\r\n"])
    func `the deadline of the first head counts from the start of the connection`(
        _ beginning: String
    ) {
        var driver = MachineDriver(answer: Self.respond)
        driver.pass(.seconds(9))
        driver.receive(beginning)
        #expect(driver.untilDeadline == .seconds(1))
        driver.receive("G")
        #expect(driver.untilDeadline == .seconds(1))
        driver.pass(.seconds(1))
        #expect(driver.log.last == "shut down")

        var second = MachineDriver(answer: Self.respond)
        second.pass(.seconds(9))
        second.receive(Self.get)
        second.pass(.seconds(9))
        second.receive("GET")
        #expect(second.untilDeadline == .seconds(10))
    }

    @Test(arguments: [
        ("GET", Duration.seconds(10)),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n", .seconds(10)),
    ])
    func `single bytes do not extend the deadline`(_ beginning: String, _ limit: Duration) {
        var driver = MachineDriver()
        driver.receive(beginning)
        for _ in 0..<4 {
            driver.pass(limit / 4 - .milliseconds(1))
            driver.receive("a")
        }
        #expect(driver.output.isEmpty)
        driver.pass(.milliseconds(4))
        #expect(driver.output.hasPrefix("HTTP/1.1 408 Request Timeout\r\n"))
        #expect(driver.log == ["sent", "shut down"])
        driver.pass(.seconds(1))
        #expect(driver.log == ["sent", "shut down", "close"])
    }

    @Test func `has no deadline while the handler computes a response`() {
        var driver = MachineDriver()
        driver.receive(Self.get + "GET /unfinished")
        #expect(driver.untilDeadline == nil)
        driver.pass(.seconds(3600))
        driver.respond(0, .text(200, "late"))
        #expect(driver.output.hasSuffix("late"))
        #expect(driver.untilDeadline == .seconds(10))
    }

    @Test func `resets a client that reads nothing until the write timeout`() {
        var driver = MachineDriver(answer: Self.respond)
        driver.isWritable = false
        driver.receive(Self.get)
        driver.pass(.seconds(29))
        #expect(driver.log == ["handle GET /a"])
        driver.machine.wrote(1, at: driver.time)
        driver.pass(.seconds(29))
        #expect(driver.log == ["handle GET /a"])
        driver.pass(.seconds(1))
        #expect(driver.log == ["handle GET /a", "aborted", "reset"])
    }

    @Test func `discards input after the last response up to a limit`() {
        var driver = MachineDriver(answer: Self.respond)
        driver.receive("GET /a HTTP/1.0\r\n\r\n")
        #expect(driver.machine.isIdle)
        for _ in 0..<16 { driver.receive([UInt8](repeating: 0, count: 64 << 10)) }
        #expect(driver.log.last == "shut down")
        driver.receive([0])
        #expect(driver.log.last == "close")
    }

    @Test func `answers a request after the end of the client's stream`() {
        var driver = MachineDriver()
        driver.receive(Self.get)
        driver.end()
        #expect(!driver.machine.isReading)
        driver.respond(0, .text(200, "still"))
        #expect(driver.output.contains("Connection: close\r\n"))
        #expect(driver.output.hasSuffix("still"))
        #expect(driver.log == ["handle GET /a", "sent", "close"])
    }

    @Test(arguments: ["", "GET /un"])
    func `closes at the end of a stream without pending responses`(_ bytes: String) {
        var driver = MachineDriver()
        driver.receive(bytes)
        driver.end()
        #expect(driver.log == ["close"])
        #expect(driver.output.isEmpty)
    }

    @Test func `draining closes idle connections and completes others`() {
        var idle = MachineDriver()
        idle.drain()
        #expect(idle.log == ["close"])

        var busy = MachineDriver()
        busy.receive(Self.get + Self.get)
        busy.drain()
        busy.respond(0, .text(200, "first"))
        #expect(!busy.output.contains("Connection"))
        busy.respond(1, .text(200, "last"))
        #expect(busy.output.contains("Connection: close"))
        #expect(busy.log == ["handle GET /a", "handle GET /a", "sent", "sent", "shut down"])

        var begun = MachineDriver(answer: Self.respond)
        begun.receive("GET /a HT")
        begun.drain()
        begun.receive("TP/1.1\r\nHost: a\r\n\r\n")
        #expect(begun.output == Self.reply("/a", "Connection: close\r\n"))
        #expect(begun.log == ["handle GET /a", "sent", "shut down"])
    }

    @Test func `reports all pending responses as aborted when the socket fails`() {
        var driver = MachineDriver()
        driver.receive(Self.get + Self.get)
        driver.isWritable = false
        driver.respond(0, .text(200, "x"))
        driver.machine.fail()
        driver.pass(.zero)
        #expect(driver.log == ["handle GET /a", "handle GET /a", "aborted", "aborted", "close"])
        #expect(driver.machine.deadline == nil)
        #expect(!driver.machine.isReading)
    }
}
