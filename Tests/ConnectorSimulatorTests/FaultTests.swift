// SPDX-License-Identifier: Apache-2.0

import ConnectorSimulator
import Testing

@Suite struct FaultTests {
    @Test(
        arguments: [400, 401, 403, 404, 408, 409, 429, 500, 502, 503, 520, 599],
        ["json", "html", "empty"]
    )
    func `a status has the body that is asked for`(status: Int, body: String) throws {
        let reply = try SimulatorFixture.firstEvents(
            try SimulatorFixture.faulty("status:\(status),body=\(body)")
        )
        #expect(reply.status == status)
        switch body {
        case "json": #expect(reply.code == 1000)
        case "html": #expect(reply.header("content-type")?.hasPrefix("text/html") == true)
        default: #expect(reply.body.isEmpty)
        }
        #expect(reply.header("retry-after") == nil)
    }

    @Test(
        arguments: [
            ("7", "7"), ("0", "0"), ("none", nil), ("date+60", "Mon, 21 Sep 2026 14:14:20 GMT"),
            ("date", "Mon, 21 Sep 2026 14:13:25 GMT"),
        ] as [(String, String?)]
    )
    func `Retry-After is seconds, a date or nothing`(asked: String, value: String?) throws {
        let reply = try SimulatorFixture.firstEvents(
            try SimulatorFixture.faulty("status:429,retry_after=\(asked)")
        )
        #expect(reply.status == 429)
        #expect(reply.header("retry-after") == value)
        #expect(reply.header("ratelimit") != nil)
    }

    @Test func `a fault of the wire leaves the answer as it is`() throws {
        let whole = try SimulatorFixture.firstEvents(try SimulatorFixture { $0.connectors = 3 })
        #expect(whole.wire.fault == nil)
        let half = whole.body.count / 2
        let expected: [(String, WireFault)] = [
            ("reset", .reset), ("stall", .stall(after: half)), ("stall:10", .stall(after: 10)),
            ("stall:99999999", .stall(after: whole.body.count)), ("slow", .slow(bytesPerSecond: 100)),
            ("slow:5000", .slow(bytesPerSecond: 5000)),
            ("truncate:connection", .cut(after: half, isReset: false)),
            ("truncate:connection,bytes=3", .cut(after: 3, isReset: false)),
            ("truncate:connection,bytes=99999999", .cut(after: whole.body.count - 1, isReset: false)),
            ("endless_body", .endless),
        ]
        for (flag, fault) in expected {
            let reply = try SimulatorFixture.firstEvents(try SimulatorFixture.faulty(flag))
            #expect(reply.wire.fault == fault, "\(flag)")
            #expect(reply.body == whole.body, "\(flag)")
            #expect(reply.wire.delay == .zero)
        }
        let late = try SimulatorFixture.firstEvents(try SimulatorFixture.faulty("delay:1500ms"))
        #expect(late.wire.delay == .milliseconds(1500))
        #expect(late.body == whole.body)
    }

    @Test func `a body that is cut is honest HTTP and no JSON`() throws {
        let whole = try SimulatorFixture.firstEvents(try SimulatorFixture { $0.connectors = 3 })
        for (fault, count) in [("truncate", whole.body.count / 2), ("truncate:json,bytes=100", 100)] {
            let reply = try SimulatorFixture.firstEvents(try SimulatorFixture.faulty(fault))
            #expect(reply.wire.fault == nil)
            #expect(reply.body == Array(whole.body.prefix(count)))
            #expect((try? reply.decode(Wire.Page.self)) == nil)
        }
    }

    @Test func `html, success false and broken gzip are 200 and useless`() throws {
        let page = try SimulatorFixture.firstEvents(try SimulatorFixture.faulty("html"))
        #expect(page.status == 200)
        #expect(page.text.hasPrefix("<!DOCTYPE html>"))
        let failed = try SimulatorFixture.firstEvents(try SimulatorFixture.faulty("success_false"))
        #expect(failed.status == 200)
        #expect(try failed.decode(SimulatorFixture.ErrorEnvelope.self).success == false)
        let packed = try SimulatorFixture.firstEvents(try SimulatorFixture.faulty("garbage_gzip"))
        #expect(packed.header("content-encoding") == "gzip")
        #expect(Array(packed.body.prefix(2)) == [0x1f, 0x8b])
    }

    @Test func `a fault keeps to its endpoint, its connector and its number of times`() throws {
        let world = try SimulatorFixture { $0.connectors = 3 }
        let id = world.simulator.connectorIDs()[1]
        let faults =
            #"[{"kind": "status", "param": 503, "endpoint": "latest", "connector": "\#(id)", "times": 2}]"#
        #expect(try world.setFaults(faults).status == 200)
        #expect(try world.ask(SimulatorFixture.connectorsPath).status == 200)
        #expect(try SimulatorFixture.firstEvents(world).status == 200)
        #expect(try world.ask(world.path(0, "/telemetry/events/latest")).status == 200)
        #expect(
            try world.ask(world.path(1, "/telemetry/events"), query: [("from", "0"), ("to", "1")]).status
                == 200
        )
        let latest = world.path(1, "/telemetry/events/latest")
        #expect(
            try [world.ask(latest).status, world.ask(latest).status, world.ask(latest).status] == [
                503, 503, 200,
            ]
        )
    }

    @Test func `a share of the requests is affected, the same ones for the same seed`() throws {
        let statuses = { (seed: UInt64) in
            let world = try SimulatorFixture.faulty("status:500@0.3") {
                $0.seed = seed
                $0.rateLimit = 0
            }
            return try (0..<1000).map { _ in try world.ask(world.path(0)).status }
        }
        let first = try statuses(1)
        #expect((240...360).contains(first.filter { $0 == 500 }.count))
        #expect(try statuses(1) == first)
        #expect(try statuses(2) != first)
    }

    @Test func `what is listed can be set again, and deleted`() throws {
        let flags = [
            "status:429,body=html,retry_after=date+9,endpoint=events,times=3@0.5", "stall:7", "slow:12",
            "delay:250ms",
            "truncate:connection,bytes=9", "truncate", "reset", "html", "success_false", "endless_body",
            "garbage_gzip",
            "stall", "gzip:bomb", "encoding:br", "redirect:307", "header:X-Name,value=a value",
            "header:X-Name,bytes=9",
        ]
        let all = try (flags + ContentFault.allCases.map(\.rawValue)).map { try Fault.parse($0) }
        let world = try SimulatorFixture {
            $0.connectors = 1
            $0.faults = all
        }
        let listed = try world.ask("/control/faults")
        #expect(try world.setFaults(listed.text).status == 200)
        #expect(try world.ask("/control/faults").body == listed.body)
        let entries = try listed.decode([Entry].self)
        #expect(entries.map(\.kind).prefix(4) == ["status", "stall", "slow", "delay"])
        #expect(entries.count == all.count)
        #expect(try world.ask("DELETE", "/control/faults").text == "[]")
        #expect(try SimulatorFixture.firstEvents(world).status == 200)
    }

    private struct Entry: Decodable { let kind: String }

    @Test(arguments: [
        "", "gremlins", "status", "status:200", "status:999", "status:x", "status:503,body=pdf",
        "status:429,retry_after=soon", "status:503@2", "status:503@x", "reset:5", "shuffle:1", "delay:fast",
        "slow:0", "gzip", "gzip:zip", "redirect:200", "encoding", "encoding:a b", "header:X",
        "header:X:Y,value=1",
        "header:X,bytes=9999999",
        "stall:-1", "truncate:half", "html,endpoint=all", "html,times=-1", "html,colour=red", "html,endpoint",
        "@0.5",
    ])
    func `rejects a malformed fault with the syntax`(flag: String) throws {
        let error = #expect(throws: SimulatorError.self) { try Fault.parse(flag) }
        #expect((error?.description.utf8.count ?? 0) > 15)
    }
}
