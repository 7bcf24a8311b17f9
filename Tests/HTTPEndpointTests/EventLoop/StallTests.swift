// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import HTTPEndpoint

@Suite struct StallTests {
    private static let get = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n"

    private static func response() -> Response {
        var response = Response(status: 200, body: [Array("0123456789".utf8)])
        response.onStall = {}
        return response
    }

    private static func driver(_ requests: Int, isWritable: Bool = false) -> MachineDriver {
        var driver = MachineDriver { _ in response() }
        driver.isWritable = isWritable
        driver.receive(String(repeating: get, count: requests))
        return driver
    }

    @Test func `a response that is sent at once is not stalled`() {
        var driver = Self.driver(1, isWritable: true)
        driver.pass(.seconds(60))
        #expect(driver.log == ["handle GET /a", "sent"])
        #expect(driver.untilDeadline == .seconds(60))
    }

    @Test func `pipelined responses are stalled at once`() {
        var driver = Self.driver(2)
        let asked = [String](repeating: "handle GET /a", count: 2)
        let stalled = [String](repeating: "stalled", count: 2)
        #expect(driver.log == asked + stalled)
        driver.pass(.seconds(29))
        #expect(driver.log == asked + stalled)
        driver.isWritable = true
        #expect(driver.log == asked + stalled + ["sent", "sent"])
    }

    @Test
    func `a response behind another is stalled`() {
        var driver = MachineDriver()
        driver.isWritable = false
        driver.receive(Self.get + Self.get)
        driver.pass(.seconds(60))
        #expect(driver.log == ["handle GET /a", "handle GET /a"])
        driver.respond(1, Self.response())
        #expect(driver.log.last == "stalled")
        driver.isWritable = true
        driver.respond(0, Self.response())
        #expect(driver.log.suffix(4) == ["stalled", "stalled", "sent", "sent"])
    }

    @Test func `a pipelined request stalls the current response`() {
        var driver = Self.driver(1)
        #expect(driver.log == ["handle GET /a"])
        driver.receive("GET /b HTTP/1.1\r\n")
        #expect(driver.log == ["handle GET /a"])
        driver.receive("Host: a\r\n\r\n")
        #expect(driver.log == ["handle GET /a", "handle GET /b", "stalled", "stalled"])
    }

    @Test func `reports a stall after the stall timeout without progress`() {
        var driver = Self.driver(1)
        for _ in 0..<3 {
            #expect(driver.untilDeadline == .seconds(1))
            driver.pass(.milliseconds(999))
            driver.machine.wrote(1, at: driver.time)
        }
        #expect(driver.log == ["handle GET /a"])
        driver.pass(.seconds(1))
        #expect(driver.log == ["handle GET /a", "stalled"])
        #expect(driver.untilDeadline == .seconds(29))
        driver.machine.wrote(1, at: driver.time)
        driver.pass(.seconds(29))
        #expect(driver.log == ["handle GET /a", "stalled"])
        driver.pass(.seconds(1))
        #expect(driver.log == ["handle GET /a", "stalled", "aborted", "reset"])
    }

    @Test func `has no stall deadline without a callback`() {
        var driver = MachineDriver { _ in .text(200, "x") }
        driver.isWritable = false
        driver.receive(Self.get)
        #expect(driver.untilDeadline == .seconds(30))
    }

    @Test func `reports no stall after the end`() {
        var driver = Self.driver(2)
        driver.machine.fail()
        driver.pass(.seconds(60))
        #expect(
            driver.log == [
                "handle GET /a", "handle GET /a", "stalled", "stalled", "aborted", "aborted", "close",
            ]
        )
    }
}
