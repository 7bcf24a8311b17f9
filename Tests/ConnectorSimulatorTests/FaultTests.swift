// SPDX-License-Identifier: Apache-2.0

import ConnectorSimulator
import FoundationEssentials
import HTTPEndpoint
import Testing

@Suite struct `Faults on demand` {
    private func world(_ fault: String, _ configure: (inout SimulatorConfiguration) -> Void = { _ in }) throws
        -> World
    {
        let parsed = try Fault.parse(fault)
        return try World {
            $0.connectors = 3
            $0.faults = [parsed]
            configure(&$0)
        }
    }

    private func isJSON(_ reply: World.Reply) -> Bool {
        (try? reply.decode(Wire.Page.self)) != nil
    }

    private func events(_ world: World) throws -> World.Reply {
        try world.ask(
            world.path(0, World.eventsPath),
            query: [("from", "0"), ("to", "4000000000"), ("limit", "50")]
        )
    }

    @Test(
        arguments: [400, 401, 403, 404, 408, 409, 429, 500, 502, 503, 520, 599],
        ["json", "html", "empty"]
    )
    func `a status has the body that is asked for`(status: Int, body: String) throws {
        let reply = try events(try world("status:\(status),body=\(body)"))
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
        let reply = try events(try world("status:429,retry_after=\(asked)"))
        #expect(reply.status == 429)
        #expect(reply.header("retry-after") == value)
        #expect(reply.header("ratelimit") != nil)
    }

    @Test func `faults of delivery leave the answer as it is, and spoil how it leaves`() throws {
        let whole = try events(try World { $0.connectors = 3 })
        #expect(whole.delivery == .whole)
        let half = whole.body.count / 2
        let expected: [(String, Delivery)] = [
            ("reset", .reset), ("stall", .stalled(after: half)), ("stall:10", .stalled(after: 10)),
            ("stall:99999999", .stalled(after: whole.body.count)), ("slow", .paced(bytesPerSecond: 100)),
            ("slow:5000", .paced(bytesPerSecond: 5000)), ("truncate:connection", .truncated(after: half)),
            ("truncate:connection,bytes=3", .truncated(after: 3)),
            ("truncate:connection,bytes=99999999", .truncated(after: whole.body.count - 1)),
            ("endless_body", .endless),
        ]
        for (fault, delivery) in expected {
            let reply = try events(try world(fault))
            #expect(reply.delivery == delivery, "\(fault)")
            #expect(reply.body == whole.body, "\(fault)")
            #expect(reply.delay == .zero)
        }
        let late = try events(try world("delay:1500ms"))
        #expect(late.delay == .milliseconds(1500))
        #expect(late.body == whole.body)
    }

    @Test func `a body that is cut is honest HTTP and no JSON`() throws {
        let whole = try events(try World { $0.connectors = 3 })
        for (fault, count) in [("truncate", whole.body.count / 2), ("truncate:json,bytes=100", 100)] {
            let reply = try events(try world(fault))
            #expect(reply.delivery == .whole)
            #expect(reply.body == Array(whole.body.prefix(count)))
            #expect(!isJSON(reply))
        }
    }

    @Test func `html, success false and broken gzip are 200 and useless`() throws {
        let page = try events(try world("html"))
        #expect(page.status == 200)
        #expect(page.text.hasPrefix("<!DOCTYPE html>"))
        let failed = try events(try world("success_false"))
        #expect(failed.status == 200)
        #expect(try failed.decode(World.ErrorEnvelope.self).success == false)
        let packed = try events(try world("garbage_gzip"))
        #expect(packed.header("content-encoding") == "gzip")
        #expect(Array(packed.body.prefix(2)) == [0x1f, 0x8b])
    }

    @Test func `a cursor loop gives the same cursor for ever`() throws {
        let world = try world("cursor_loop")
        let first = try world.page(0, limit: 10)
        let cursor = try #require(first.result.cursor)
        for _ in 0..<5 {
            let next = try world.page(0, limit: 10, cursor: cursor)
            #expect(next.result.cursor == cursor)
            #expect(next.result.items.count == 10)
        }
        #expect(try world.page(0, to: 1, limit: 10).result.cursor != nil)
    }

    @Test func `endless cursors are always new, long after the last event`() throws {
        let world = try world("cursor_endless")
        var cursors: Set<String> = []
        var items: [Wire.Item] = []
        var cursor: String?
        for _ in 0..<30 {
            let page = try world.page(0, limit: 100, cursor: cursor)
            let next = try #require(page.result.cursor)
            #expect(cursors.insert(next).inserted)
            cursor = next
            items += page.result.items
        }
        #expect(items == (try world.known(0)).map(\.item))
        #expect(cursors.count == 30)
    }

    @Test(arguments: SimulatorConfiguration.Order.allCases)
    func `repeated pages come twice each, and end`(order: SimulatorConfiguration.Order) throws {
        let world = try world("repeat_pages") { $0.order = order }
        let pages = try world.pages(0, limit: 100)
        let cursors = pages.compactMap(\.result.cursor)
        #expect(Set(cursors).count == cursors.count)
        #expect(pages.count % 2 == 0)
        for index in stride(from: 0, to: pages.count, by: 2) {
            #expect(pages[index].result.items == pages[index + 1].result.items)
        }
        #expect(Set(pages.flatMap(\.result.items)) == Set(try world.known(0).map(\.item)))
    }

    @Test func `shuffled pages hold the same items in another order`() throws {
        let world = try world("shuffle")
        let known = try world.known(0).map(\.item)
        let page = try world.page(0, limit: 100)
        #expect(page.result.items != Array(known.prefix(100)))
        #expect(Set(page.result.items) == Set(known.prefix(100)))
        #expect(Set(try world.pages(0, limit: 30).flatMap(\.result.items)) == Set(known))
    }

    @Test func `duplicate items are there twice and are counted`() throws {
        let world = try world("duplicate_items")
        let pages = try world.pages(0, limit: 10)
        #expect(pages.allSatisfy { $0.result.count == $0.result.items.count })
        #expect(pages.allSatisfy { Set($0.result.items).count < $0.result.items.count })
        #expect(Set(pages.flatMap(\.result.items)) == Set(try world.known(0).map(\.item)))
    }

    @Test(arguments: [("numbers_float", #""t":\d{10}\.0[,}]"#), ("numbers_exponent", #""t":1\.\d+e9[,}]"#)])
    func `numbers are spelled otherwise and mean the same`(kind: String, pattern: String) throws {
        let spelling = try Regex(pattern)
        let world = try world(kind)
        let reply = try events(world)
        #expect(try spelling.firstMatch(in: reply.text) != nil)
        let page = try reply.decode(Wire.Page.self)
        #expect(page.result.items == (try world.known(0)).prefix(50).map(\.item))
        let known = try #require(try world.known(0).last)
        let single = try world.ask(world.path(0, "/telemetry/events/\(known.identity)"))
        #expect(try spelling.firstMatch(in: single.text) != nil)
        #expect(try single.decode(Wire.Single.self).result.identity == known.identity)
    }

    @Test func `extra fields change nothing for who reads by name`() throws {
        let world = try world("extra_fields")
        let page = try events(world)
        #expect(page.text.contains("result_info"))
        #expect(try page.decode(Wire.Page.self).result.items == world.known(0).prefix(50).map(\.item))
        let list = try world.ask(World.connectorsPath)
        #expect(list.text.contains("upgrade_asap"))
        #expect(try list.decode(Wire.Connectors.self).result.count == 3)
        let latest = try world.ask(world.path(0, "/telemetry/events/latest"))
        #expect(latest.text.contains("reason"))
        #expect(try latest.decode(Wire.Latest.self).result.count == 100)
    }

    @Test(arguments: [("null_cursor", #","cursor":null}"#), ("empty_cursor", #","cursor":""}"#)])
    func `the last page may say that there is no cursor`(kind: String, ending: String) throws {
        let world = try world(kind)
        let path = world.path(0, World.eventsPath)
        let query = [("from", "0"), ("to", "4000000000"), ("limit", "1000")].map { (name: $0.0, value: $0.1) }
        let last = try world.ask(path, query: query)
        #expect(last.text.contains(ending))
        #expect(try events(world).decode(Wire.Page.self).result.cursor?.isEmpty == false)
        #expect(try world.pages(0, limit: 100).flatMap(\.result.items) == world.known(0).map(\.item))
    }

    @Test func `what may be absent is absent`() throws {
        let world = try world("missing_optional")
        let list = try world.ask(World.connectorsPath)
        let connector = try #require(try list.decode(Wire.Connectors.self).result.first)
        #expect(connector.device == nil && connector.primary == nil && connector.last_heartbeat == nil)
        #expect(
            connector.last_seen_version == nil && connector.license_key == nil && connector.site_id == nil
        )
        #expect(!list.text.contains("\"messages\""))
        let latest = try world.ask(world.path(0, "/telemetry/events/latest")).decode(Wire.Latest.self)
        #expect(latest.result.items.allSatisfy { $0.v == nil })
    }

    @Test func `a message that is not UTF-8 is on every endpoint`() throws {
        let world = try world("invalid_utf8")
        for reply in [try events(world), try world.ask(World.connectorsPath)] {
            #expect(String(validating: reply.body, as: UTF8.self) == nil)
            #expect(reply.status == 200)
        }
    }

    @Test func `deep JSON is a hundred thousand levels deep`() throws {
        let reply = try events(try world("deep_json"))
        #expect(reply.text.contains(#""deep":[[[["#))
        #expect(reply.body.count > 200_000)
    }

    @Test func `huge and negative numbers come as one more item, and in the place of one event's own`() throws
    {
        for (kind, number) in [
            ("huge_numbers", "99999999999999999999999999"), ("negative_numbers", "-1700000000"),
        ] {
            let world = try world(kind)
            let known = try world.known(0)
            let page = try events(world)
            #expect(page.text.contains("\"t\":\(number)}"))
            #expect(page.text.contains("\"count\":51,"))
            for event in known.prefix(50) {
                #expect(page.text.contains("\"n\":\(event.n),\"t\":\(event.t)}"))
            }
            let single = try world.ask(world.path(0, "/telemetry/events/\(known[0].identity)"))
            #expect(single.text.contains("\"t\":\(number)}"))
            let latest = try world.ask(world.path(0, "/telemetry/events/latest"))
            #expect(latest.text.contains("\"t\":\(number)}"))
        }
    }

    @Test func `a connector vanishes from the list, and from nowhere else`() throws {
        let world = try world("vanish")
        let ids = world.simulator.connectorIDs()
        let list = { try world.ask(World.connectorsPath).decode(Wire.Connectors.self).result.map(\.id) }
        #expect(try list() == Array(ids.dropFirst()))
        #expect(try world.ask(world.path(0, "/telemetry/events/latest")).status == 200)
        #expect(
            try world.setFaults(#"[{"kind": "vanish", "connector": "\#(ids[2])", "times": 1}]"#).status == 200
        )
        #expect(try list() == Array(ids.dropLast()))
        #expect(try list() == ids)
    }

    @Test func `connectors are there twice`() throws {
        let world = try world("duplicate_connectors")
        let ids = world.simulator.connectorIDs()
        let list = { try world.ask(World.connectorsPath).decode(Wire.Connectors.self).result.map(\.id) }
        #expect(try list() == ids.flatMap { [$0, $0] })
        _ = try world.setFaults(#"[{"kind": "duplicate_connectors", "connector": "\#(ids[1])"}]"#)
        #expect(try list() == [ids[0], ids[1], ids[1], ids[2]])
    }

    @Test func `a fault keeps to its endpoint, its connector and its number of times`() throws {
        let world = try World { $0.connectors = 3 }
        let id = world.simulator.connectorIDs()[1]
        let faults =
            #"[{"kind": "status", "param": 503, "endpoint": "latest", "connector": "\#(id)", "times": 2}]"#
        #expect(try world.setFaults(faults).status == 200)
        #expect(try world.ask(World.connectorsPath).status == 200)
        #expect(try events(world).status == 200)
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

    @Test func `a share of the requests is befallen, the same ones for the same seed`() throws {
        let statuses = { (seed: UInt64) in
            let world = try self.world("status:500@0.3") {
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
            "stall",
        ]
        let all = try (flags + Distortion.allCases.map(\.rawValue)).map { try Fault.parse($0) }
        let world = try World {
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
        #expect(try events(world).status == 200)
    }

    private struct Entry: Decodable { let kind: String }

    @Test(arguments: [
        "", "gremlins", "status", "status:200", "status:999", "status:x", "status:503,body=pdf",
        "status:429,retry_after=soon", "status:503@2", "status:503@x", "reset:5", "shuffle:1", "delay:fast",
        "slow:0",
        "stall:-1", "truncate:half", "html,endpoint=all", "html,times=-1", "html,colour=red", "html,endpoint",
        "@0.5",
    ])
    func `a fault that cannot be read says what to write`(flag: String) throws {
        let error = #expect(throws: SimulatorError.self) { try Fault.parse(flag) }
        #expect((error?.description.utf8.count ?? 0) > 15)
    }
}
