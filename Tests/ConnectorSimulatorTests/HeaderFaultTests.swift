// SPDX-License-Identifier: Apache-2.0

import ConnectorSimulator
import Foundation
import TestSupport
import Testing

@Suite struct HeaderFaultTests {
    /// Returns the output of a shell command for a body.
    private func pipe(_ body: [UInt8], through command: String) async throws -> String {
        let directory = try TemporaryDirectory()
        try Data(body).write(to: URL(filePath: directory.file("body")))
        let process = try ChildProcess(["sh", "-c", "cat \(directory.file("body")) | \(command)"])
        return String(decoding: try await process.readToEnd(), as: UTF8.self)
    }

    @Test func `gzip is right, cut, changed, or far larger than it looks`() async throws {
        let plain = try SimulatorFixture.firstEvents(try SimulatorFixture { $0.connectors = 3 })
        let replies = try ["whole", "truncated", "corrupted", "bomb"].map { kind in
            try SimulatorFixture.firstEvents(try SimulatorFixture.faulty("gzip:\(kind)"))
        }
        for reply in replies {
            #expect(reply.header("content-encoding") == "gzip")
            #expect(reply.body.count < 1 << 20)
        }
        #expect(try await pipe(replies[0].body, through: "gzip -dc") == plain.text)
        #expect(try await pipe(replies[1].body, through: "gzip -t 2>&1").contains("unexpected end"))
        #expect(try await !pipe(replies[2].body, through: "gzip -t 2>&1").isEmpty)
        let count = try await pipe(replies[3].body, through: "gzip -dc | wc -c")
        #expect(Int(count.trimmingCharacters(in: .whitespacesAndNewlines)) == (256 << 20) + plain.body.count)
    }

    @Test func `an encoding may be named that the body is not in`() throws {
        let plain = try SimulatorFixture.firstEvents(try SimulatorFixture { $0.connectors = 3 })
        let reply = try SimulatorFixture.firstEvents(try SimulatorFixture.faulty("encoding:br"))
        #expect(reply.header("content-encoding") == "br")
        #expect(reply.body == plain.body)
    }

    @Test(arguments: [("redirect", 302), ("redirect:308", 308)])
    func `a redirect leads elsewhere`(fault: String, status: Int) throws {
        let reply = try SimulatorFixture.firstEvents(try SimulatorFixture.faulty(fault))
        #expect(reply.status == status)
        #expect(reply.header("location")?.hasPrefix("http://127.0.0.1:1/") == true)
    }

    @Test func `a header field has the value that is asked for, and only that`() throws {
        let world = try SimulatorFixture { $0.connectors = 3 }
        let faults = #"""
            [{"kind": "status", "param": 429, "retry_after": 7},
             {"kind": "header", "param": "retry-after", "value": "-5, never"},
             {"kind": "header", "param": "Ratelimit", "value": "\"x\";r=;t=99999999999999999999"},
             {"kind": "header", "param": "X-Large", "bytes": 70000}]
            """#
        #expect(try world.setFaults(faults).status == 200)
        let reply = try SimulatorFixture.firstEvents(world)
        #expect(reply.headers.count { $0.name.lowercased() == "retry-after" } == 1)
        #expect(reply.header("retry-after") == "-5, never")
        #expect(reply.headers.count { $0.name.lowercased() == "ratelimit" } == 1)
        #expect(reply.header("ratelimit") == #""x";r=;t=99999999999999999999"#)
        #expect(reply.header("x-large")?.utf8.count == 70_000)
    }

    @Test func `faults are counted by name`() throws {
        let world = try SimulatorFixture.faulty("status:503,times=2")
        for _ in 0..<3 { _ = try world.ask(SimulatorFixture.connectorsPath) }
        #expect(
            try world.setFaults(#"[{"kind": "shuffle"}, {"kind": "gzip", "param": "whole"}]"#).status == 200
        )
        _ = try SimulatorFixture.firstEvents(world)
        struct Counted: Decodable {
            let by_fault: [String: Int]
        }
        let counted = try world.ask("/control/requests").decode(Counted.self)
        #expect(counted.by_fault == ["status:503:json": 2, "shuffle": 1, "gzip:whole": 1])
    }

    @Test func `the peak is that of the limit's own window`() throws {
        let world = try SimulatorFixture {
            $0.connectors = 1
            $0.rateLimit = 0
            $0.rateLimitWindow = 10
        }
        for count in [5, 3, 0, 4] {
            for _ in 0..<count { _ = try world.ask(SimulatorFixture.connectorsPath) }
            world.pass(5)
        }
        struct Counted: Decodable {
            let window: Int
            let peak: Int
            let peak_5m: Int
        }
        let counted = try world.ask("/control/requests").decode(Counted.self)
        #expect(counted.window == 10)
        #expect(counted.peak == 8)
        #expect(counted.peak_5m == 12)
    }
}
