// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HTTPEndpoint

/// Deliveries without a socket: what leaves, and when.
@Suite struct DeliveryMachineTests {
    private static let get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"
    private static let body: ResponseBody = [Array("01234".utf8), [], Array("56789".utf8)]

    private static func driver(_ delivery: Delivery, _ request: String = get) -> MachineDriver {
        var driver = MachineDriver { _ in Response(status: 200, body: body, delivery: delivery) }
        driver.receive(request)
        return driver
    }

    @Test func `a reset sends nothing`() {
        let driver = Self.driver(.reset)
        #expect(driver.output.isEmpty)
        #expect(driver.log == ["handle GET /a", "aborted", "reset"])
    }

    @Test(arguments: [
        (-1, "", "aborted"), (7, "0123456", "aborted"), (10, "0123456789", "sent"),
        (99, "0123456789", "sent"),
    ])
    func `a truncated body ends early under its full length`(_ count: Int, _ body: String, _ finish: String) {
        let driver = Self.driver(.truncated(after: count), Self.get + Self.get)
        #expect(driver.output.hasSuffix("Content-Length: 10\r\n\r\n" + body))
        #expect(driver.log == ["handle GET /a", "handle GET /a", finish, "aborted", "shut down"])
    }

    @Test func `a stalled body ends with the client`() {
        var driver = Self.driver(.stalled(after: 3))
        #expect(driver.output.hasSuffix("\r\n\r\n012"))
        #expect(driver.log == ["handle GET /a"])
        driver.end()
        #expect(driver.log == ["handle GET /a", "aborted", "close"])
    }

    @Test(arguments: [0, 3, 10, 99])
    func `a stalled body ends with the deadline`(_ count: Int) {
        var driver = Self.driver(.stalled(after: count))
        driver.pass(.seconds(29))
        #expect(driver.log == ["handle GET /a"])
        driver.pass(.seconds(1))
        #expect(driver.log == ["handle GET /a", "aborted", "close"])
    }

    @Test func `a stalled body does not wait for a client that has ended before`() {
        var driver = MachineDriver()
        driver.receive(Self.get)
        driver.end()
        driver.respond(0, Response(status: 200, body: Self.body, delivery: .stalled(after: 1)))
        #expect(driver.log == ["handle GET /a", "aborted", "close"])
    }

    @Test func `a paced body takes its time`() throws {
        var driver = Self.driver(.paced(bytesPerSecond: 2))
        #expect(driver.output.hasSuffix("\r\n\r\n"))
        var sent = 0
        for second in 1...5 {
            for _ in 0..<2 {
                let wait = try #require(driver.untilDeadline)
                #expect(wait > .milliseconds(499) && wait < .milliseconds(501))
                driver.pass(wait)
            }
            sent = second * 2
            #expect(driver.output.hasSuffix("\r\n\r\n" + "0123456789".prefix(sent)))
        }
        #expect(driver.log == ["handle GET /a", "sent"])
    }

    @Test(arguments: [1, 3, 7, 1000, 123_457, 1_000_000_000])
    func `a pace is kept, and every wait ends in bytes`(_ rate: Int) {
        let start = ContinuousClock.now
        let pace = Pace(start: start, bytesPerSecond: rate)
        var (now, written) = (start, 0)
        for _ in 0..<1000 {
            now = pace.next(written: written, remaining: .max)
            let allowance = pace.allowance(written: written, at: now)
            #expect(allowance > 0)
            written += allowance
        }
        let exact = Double(written) / Double(rate)
        let taken = (now - start) / .seconds(1)
        #expect(abs(taken - exact) < 0.01)
    }

    @Test func `an endless body repeats in chunks until its time is over`() {
        var limits = Limits()
        limits.endlessTimeout = .seconds(20)
        var driver = MachineDriver(limits)
        driver.receive(Self.get)
        driver.isWritable = false
        driver.respond(0, Response(status: 200, body: Self.body, delivery: .endless))
        let head = "HTTP/1.1 200 OK\r\nDate: today\r\nTransfer-Encoding: chunked\r\n\r\n"
        let chunk = "a\r\n0123456789\r\n"
        var written: [UInt8] = []
        while written.count < 1000, let writer = driver.machine.writer {
            let bytes = writer.copied(atMost: 7)
            written += bytes
            driver.machine.wrote(bytes.count, at: driver.time)
        }
        let expected = head + String(repeating: chunk, count: 100)
        #expect(expected.hasPrefix(String(decoding: written, as: UTF8.self)))
        driver.pass(.seconds(20))
        #expect(driver.log == ["handle GET /a", "aborted", "close"])
    }

    @Test func `an endless body of nothing still says something`() {
        var driver = MachineDriver()
        driver.receive("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
        driver.isWritable = false
        driver.respond(0, Response(status: 200, delivery: .endless))
        let head = "HTTP/1.1 200 OK\r\nDate: today\r\nConnection: close\r\n\r\n"
        let bytes = driver.machine.writer?.copied(atMost: head.utf8.count + 5)
        #expect(String(decoding: bytes ?? [], as: UTF8.self) == head + "     ")
    }

    @Test(arguments: [Delivery.whole, .truncated(after: 3), .paced(bytesPerSecond: 1), .endless])
    func `HEAD has no body in any delivery`(_ delivery: Delivery) {
        let driver = Self.driver(delivery, "HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(driver.output.hasSuffix("\r\n\r\n"))
        #expect(driver.log.prefix(2) == ["handle HEAD /a", "sent"])
    }

    @Test(arguments: [
        (204, "HTTP/1.1 204 No Content\r\nDate: today\r\n\r\n"),
        (304, "HTTP/1.1 304 Not Modified\r\nDate: today\r\n\r\n"),
        (205, "HTTP/1.1 205 Reset Content\r\nDate: today\r\nContent-Length: 0\r\n\r\n"),
        (299, "HTTP/1.1 299 \r\nDate: today\r\nContent-Length: 1\r\n\r\nx"),
        (101, "HTTP/1.1 500 Internal Server Error\r\nDate: today\r\nContent-Length: 1\r\n\r\nx"),
        (1000, "HTTP/1.1 500 Internal Server Error\r\nDate: today\r\nContent-Length: 1\r\n\r\nx"),
    ])
    func `omits the body of statuses without one`(_ status: Int, _ output: String) {
        var driver = MachineDriver { _ in Response(status: status, body: [Array("x".utf8)]) }
        driver.receive(Self.get)
        #expect(driver.output == output)
    }

    @Test func `sanitizes the header fields of a handler`() {
        var driver = MachineDriver { _ in
            Response(
                status: 200,
                headers: [
                    ("X", "a\r\nSet-Cookie: b\u{0}"), ("Bad name", "x"), ("", "x"), ("content-length", "7"),
                    ("Connection", "upgrade"), ("Transfer-Encoding", "gzip"), ("DATE", "never"), ("Y", "é"),
                ]
            )
        }
        driver.receive(Self.get)
        #expect(
            driver.output
                == "HTTP/1.1 200 OK\r\nDate: today\r\nX: a  Set-Cookie: b \r\nY: é\r\nContent-Length: 0\r\n\r\n"
        )
    }

    @Test(arguments: [1, 2, 15, 16, 17, 100, 1000])
    func `sends all chunks whatever the kernel accepts at once`(_ step: Int) {
        let body = (0..<200).map { [UInt8](repeating: UInt8($0), count: $0 % 5) }
        var writer = ResponseWriter(head: [255, 254], body: ResponseBody(body), delivery: .whole, at: .now)
        var written: [UInt8] = []
        while !writer.hasWrittenAll {
            let bytes = writer.copied(atMost: step)
            #expect(!bytes.isEmpty)
            written += bytes
            writer.advance(by: bytes.count)
        }
        #expect(written == [255, 254] + body.flatMap(\.self))
    }

    @Test(arguments: [[], Array("end".utf8)])
    func `sends shared chunks and then the response's own end`(_ end: [UInt8]) {
        let shared = [Array("01234".utf8), Array("56789".utf8)]
        let body = ResponseBody(sharing: shared, of: 10, end: end)
        #expect(body.byteCount == 10 + end.count)
        #expect(Array(body) == shared + (end.isEmpty ? [] : [end]))
        var driver = MachineDriver { _ in Response(status: 200, body: body) }
        driver.receive(Self.get)
        #expect(
            driver.output.hasSuffix(
                "Content-Length: \(10 + end.count)\r\n\r\n0123456789" + String(decoding: end, as: UTF8.self)
            )
        )
    }

    @Test func `closes the connection at the time limit of a response`() {
        var response = Response(status: 200, body: Self.body)
        response.timeLimit = .seconds(3)
        var driver = MachineDriver()
        driver.receive(Self.get)
        driver.isWritable = false
        driver.respond(0, response)
        driver.pass(.seconds(2))
        #expect(driver.log == ["handle GET /a"])
        driver.pass(.seconds(1))
        #expect(driver.log == ["handle GET /a", "aborted", "close"])
    }
}
