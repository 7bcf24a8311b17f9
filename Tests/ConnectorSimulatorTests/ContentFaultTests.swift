// SPDX-License-Identifier: Apache-2.0

import ConnectorSimulator
import Testing

@Suite struct ContentFaultTests {
    @Test func `a cursor loop gives the same cursor for ever`() throws {
        let world = try SimulatorFixture.faulty("cursor_loop")
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
        let world = try SimulatorFixture.faulty("cursor_endless")
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

    @Test(arguments: EventOrder.allCases)
    func `repeated pages come twice each, and end`(order: EventOrder) throws {
        let world = try SimulatorFixture.faulty("repeat_pages") { $0.order = order }
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
        let world = try SimulatorFixture.faulty("shuffle")
        let known = try world.known(0).map(\.item)
        let page = try world.page(0, limit: 100)
        #expect(page.result.items != Array(known.prefix(100)))
        #expect(Set(page.result.items) == Set(known.prefix(100)))
        #expect(Set(try world.pages(0, limit: 30).flatMap(\.result.items)) == Set(known))
    }

    @Test func `duplicate items are there twice and are counted`() throws {
        let world = try SimulatorFixture.faulty("duplicate_items")
        let pages = try world.pages(0, limit: 10)
        #expect(pages.allSatisfy { $0.result.count == $0.result.items.count })
        #expect(pages.allSatisfy { Set($0.result.items).count < $0.result.items.count })
        #expect(Set(pages.flatMap(\.result.items)) == Set(try world.known(0).map(\.item)))
    }

    @Test(arguments: [("numbers_float", #""t":\d{10}\.0[,}]"#), ("numbers_exponent", #""t":1\.\d+e9[,}]"#)])
    func `numbers are spelled otherwise and mean the same`(kind: String, pattern: String) throws {
        let spelling = try Regex(pattern)
        let world = try SimulatorFixture.faulty(kind)
        let reply = try SimulatorFixture.firstEvents(world)
        #expect(try spelling.firstMatch(in: reply.text) != nil)
        let page = try reply.decode(Wire.Page.self)
        #expect(page.result.items == (try world.known(0)).prefix(50).map(\.item))
        let known = try #require(try world.known(0).last)
        let single = try world.ask(world.path(0, "/telemetry/events/\(known.identity)"))
        #expect(try spelling.firstMatch(in: single.text) != nil)
        #expect(try single.decode(Wire.Single.self).result.identity == known.identity)
    }

    @Test func `extra fields change nothing for a client that reads by name`() throws {
        let world = try SimulatorFixture.faulty("extra_fields")
        let page = try SimulatorFixture.firstEvents(world)
        #expect(page.text.contains("result_info"))
        #expect(try page.decode(Wire.Page.self).result.items == world.known(0).prefix(50).map(\.item))
        let list = try world.ask(SimulatorFixture.connectorsPath)
        #expect(list.text.contains("upgrade_asap"))
        #expect(try list.decode(Wire.Connectors.self).result.count == 3)
        let latest = try world.ask(world.path(0, "/telemetry/events/latest"))
        #expect(latest.text.contains("reason"))
        #expect(try latest.decode(Wire.Latest.self).result.count == 100)
    }

    @Test(arguments: [("null_cursor", #","cursor":null}"#), ("empty_cursor", #","cursor":""}"#)])
    func `the last page may say that there is no cursor`(kind: String, ending: String) throws {
        let world = try SimulatorFixture.faulty(kind)
        let path = world.path(0, SimulatorFixture.eventsPath)
        let query = [("from", "0"), ("to", "4000000000"), ("limit", "1000")].map { (name: $0.0, value: $0.1) }
        let last = try world.ask(path, query: query)
        #expect(last.text.contains(ending))
        #expect(
            try SimulatorFixture.firstEvents(world).decode(Wire.Page.self).result.cursor?.isEmpty == false
        )
        #expect(try world.pages(0, limit: 100).flatMap(\.result.items) == world.known(0).map(\.item))
    }

    @Test func `what may be absent is absent`() throws {
        let world = try SimulatorFixture.faulty("missing_optional")
        let list = try world.ask(SimulatorFixture.connectorsPath)
        let connector = try #require(try list.decode(Wire.Connectors.self).result.first)
        #expect(connector.device == nil && connector.last_heartbeat == nil)
        #expect(connector.last_seen_version == nil && connector.license_key == nil)
        #expect(!list.text.contains("\"messages\""))
        let latest = try world.ask(world.path(0, "/telemetry/events/latest")).decode(Wire.Latest.self)
        #expect(latest.result.items.allSatisfy { $0.v == nil })
    }

    @Test func `a message that is not UTF-8 is on every endpoint`() throws {
        let world = try SimulatorFixture.faulty("invalid_utf8")
        for reply in [
            try SimulatorFixture.firstEvents(world), try world.ask(SimulatorFixture.connectorsPath),
        ] {
            #expect(String(validating: reply.body, as: UTF8.self) == nil)
            #expect(reply.status == 200)
        }
    }

    @Test func `deep JSON is a hundred thousand levels deep`() throws {
        let reply = try SimulatorFixture.firstEvents(try SimulatorFixture.faulty("deep_json"))
        #expect(reply.text.contains(#""deep":[[[["#))
        #expect(reply.body.count > 200_000)
    }

    @Test func `huge and negative numbers come as one more item, and in the place of one event's own`() throws
    {
        for (kind, number, count) in [
            ("huge_numbers", "99999999999999999999999999", 55), ("negative_numbers", "-1700000000", 54),
        ] {
            let world = try SimulatorFixture.faulty(kind)
            let known = try world.known(0)
            let page = try SimulatorFixture.firstEvents(world)
            #expect(page.text.contains("\"t\":\(number)}"))
            #expect(page.text.contains("\"count\":\(count),"))
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
        let world = try SimulatorFixture.faulty("vanish")
        let ids = world.simulator.connectorIDs()
        let list = {
            try world.ask(SimulatorFixture.connectorsPath).decode(Wire.Connectors.self).result.map(\.id)
        }
        #expect(try list() == Array(ids.dropFirst()))
        #expect(try world.ask(world.path(0, "/telemetry/events/latest")).status == 200)
        #expect(
            try world.setFaults(#"[{"kind": "vanish", "connector": "\#(ids[2])", "times": 1}]"#).status == 200
        )
        #expect(try list() == Array(ids.dropLast()))
        #expect(try list() == ids)
    }

    @Test(arguments: EventOrder.allCases)
    func `pages that shift repeat some events, leave some out, and end`(order: EventOrder)
        throws
    {
        let world = try SimulatorFixture.faulty("shift_pages") { $0.order = order }
        let known = try world.known(0).map(\.item)
        var items: [Wire.Item] = []
        for _ in 0..<5 { items += try world.pages(0, limit: 10).flatMap(\.result.items) }
        #expect(Set(items).isSubset(of: known))
        let first = try world.pages(0, limit: 10).flatMap(\.result.items)
        #expect(Set(first).count < first.count, "some are there twice")
        #expect(Set(first).count < known.count, "some are missing")
        #expect(try world.pages(0, limit: 1).count <= 2 * known.count)
    }

    @Test func `unusual connectors follow the others, each as valid JSON`() throws {
        let world = try SimulatorFixture.faulty("strange_connectors")
        struct Listed: Decodable {
            struct Connector: Decodable { let id: String }
            let result: [LossyArray]

            struct LossyArray: Decodable {
                let connector: Connector?
                init(from decoder: any Decoder) throws { connector = try? Connector(from: decoder) }
            }
        }
        let listed = try world.ask(SimulatorFixture.connectorsPath).decode(Listed.self).result.map {
            $0.connector?.id
        }
        #expect(Array(listed.prefix(3)) == world.simulator.connectorIDs())
        #expect(listed.contains("nul\0one") && listed.contains("nul\0two") && listed.contains("a/b?c#d"))
        #expect(listed.contains(""))
        #expect(listed.suffix(5).allSatisfy { $0 == nil })
    }

    @Test func `connectors are there twice`() throws {
        let world = try SimulatorFixture.faulty("duplicate_connectors")
        let ids = world.simulator.connectorIDs()
        let list = {
            try world.ask(SimulatorFixture.connectorsPath).decode(Wire.Connectors.self).result.map(\.id)
        }
        #expect(try list() == ids.flatMap { [$0, $0] })
        _ = try world.setFaults(#"[{"kind": "duplicate_connectors", "connector": "\#(ids[1])"}]"#)
        #expect(try list() == [ids[0], ids[1], ids[1], ids[2]])
    }
}
