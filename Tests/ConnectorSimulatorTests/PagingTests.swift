// SPDX-License-Identifier: Apache-2.0

import ConnectorSimulator
import Testing

@Suite struct PagingTests {
    private static let end = Int(SimulatorFixture.start)

    @Test(arguments: EventOrder.allCases, [1, 2, 7, 100, 499, 1000])
    func `the pages of any limit hold every listed event once, in order`(
        order: EventOrder,
        limit: Int
    ) throws {
        let world = try SimulatorFixture {
            $0.order = order
            $0.connectors = 3
        }
        let known = try world.known(2).map(\.item)
        let pages = try world.pages(2, limit: limit)
        let items = pages.flatMap(\.result.items)
        #expect(items == (order == .oldestFirst ? known : known.reversed()))
        #expect(pages.allSatisfy { $0.success && $0.result.count == $0.result.items.count })
        #expect(pages.dropLast().allSatisfy { $0.result.items.count == limit })
        #expect(pages.last?.result.cursor == nil)
        #expect(pages.last?.result.items.isEmpty == false)
        #expect(known.count > 300)
    }

    @Test(arguments: EventOrder.allCases, [3, 10, 64])
    func `what arrives between two pages hides no event and shows none twice`(
        order: EventOrder,
        limit: Int
    ) throws {
        let world = try SimulatorFixture {
            $0.order = order
            $0.connectors = 2
            $0.lateShare = 0.2
            $0.history = 43_200
        }
        let before = Set(try world.known(1).map(\.identity))
        var places = 0
        let items = try world.pages(1, limit: limit) {
            world.pass(90)
            places += 1
            // Before, within and after the pages that were read.
            let t = Self.end - 43_200 + (places * 7919) % 43_200
            try world.inject(#"{"index": 1, "kind": "Reconcile", "t": \#(t)}"#)
        }.flatMap(\.result.items)
        let after = Set(try world.known(1).map(\.identity))
        let seen = Set(items.map(\.identity))
        #expect(seen.count == items.count)
        #expect(seen.isSuperset(of: before))
        #expect(seen.isSubset(of: after))
        #expect(after.count > before.count + 4)
        #expect(after.count >= before.count + places)
        #expect(places > 3)
    }

    @Test func `from and to are both included`() throws {
        let world = try SimulatorFixture { $0.connectors = 2 }
        let known = try world.known(1)
        let first = known[100].t
        let last = known[200].t
        let expected = known.filter { (first...last).contains($0.t) }.map(\.item)
        #expect(try world.pages(1, from: first, to: last, limit: 1000).flatMap(\.result.items) == expected)
        #expect(try world.pages(1, from: first, to: last, limit: 9).flatMap(\.result.items) == expected)
        #expect(try world.page(1, from: first, to: first).result.items.contains(known[100].item))
        #expect(try world.page(1, from: last + 1, to: last).result.items.isEmpty)
    }

    @Test func `a kind is the only one that is listed`() throws {
        let world = try SimulatorFixture { $0.connectors = 2 }
        let known = try world.known(1)
        for kind in ["Reconcile", "RekeyComplete", "Init", "Unheard"] {
            let expected = known.filter { $0.k == kind }.map(\.item)
            #expect(try world.pages(1, limit: 10, kind: kind).flatMap(\.result.items) == expected)
        }
        #expect(known.contains { $0.k == "RekeyComplete" })
    }

    @Test func `a page has a hundred events by default, and a thousand at most`() throws {
        let world = try SimulatorFixture {
            $0.connectors = 1
            $0.eventsPerConnector = 1500
        }
        #expect(try world.page(0).result.items.count == 100)
        #expect(try world.page(0, limit: 5000).result.items.count == 1000)
        let small = try SimulatorFixture {
            $0.connectors = 1
            $0.pageLimit = 30
        }
        #expect(try small.page(0).result.items.count == 30)
        #expect(try small.page(0, limit: 1000).result.items.count == 30)
    }

    @Test func `numbers may have fractions, which include what lies between them`() throws {
        let world = try SimulatorFixture { $0.connectors = 1 }
        let t = try world.known(0)[50].t
        let query = [(name: "from", value: "\(t).0"), (name: "to", value: "\(t).9e0")]
        let page = try world.ask(world.path(0, SimulatorFixture.eventsPath), query: query).decode(
            Wire.Page.self
        )
        #expect(page.result.items.map(\.t).allSatisfy { $0 == t })
        #expect(!page.result.items.isEmpty)
    }

    @Test(
        arguments: [
            ("", "1", nil, nil, "from"), ("0", "", nil, nil, "to"), (nil, "1", nil, nil, "from"),
            ("0", nil, nil, nil, "to"), ("yesterday", "1", nil, nil, "from"), ("0", "0x10", nil, nil, "to"),
            ("nan", "1", nil, nil, "from"), ("0", "inf", nil, nil, "to"), ("0", "1", "0", nil, "limit"),
            ("0", "1", "-5", nil, "limit"), ("0", "1", "ten", nil, "limit"),
            ("0", "1", nil, "junk", "cursor"),
            ("0", "1", nil, "Y3Vyc29y", "cursor"), ("0", "1", nil, "****", "cursor"),
        ] as [(String?, String?, String?, String?, String)]
    )
    func `a query that cannot be read is a bad request that names the parameter`(
        from: String?,
        to: String?,
        limit: String?,
        cursor: String?,
        name: String
    ) throws {
        let world = try SimulatorFixture { $0.connectors = 1 }
        let query = [("from", from), ("to", to), ("limit", limit), ("cursor", cursor)]
            .compactMap { name, value in value.map { (name: name, value: $0) } }
        let reply = try world.ask(world.path(0, SimulatorFixture.eventsPath), query: query)
        #expect(reply.status == 400)
        let envelope = try reply.decode(SimulatorFixture.ErrorEnvelope.self)
        #expect(envelope.success == false)
        #expect(envelope.errors.first?.message.hasPrefix("\(name):") == true)
        #expect(!reply.text.contains("\"result\""))
    }

    @Test func `latest shows the newest events, newest first, with their payloads`() throws {
        let world = try SimulatorFixture { $0.connectors = 2 }
        let known = try world.known(1)
        let latest = try world.ask(world.path(1, "/telemetry/events/latest")).decode(Wire.Latest.self)
        #expect(latest.result.count == 100)
        let expected = known.reversed().prefix(100).map { Wire.Event(e: $0.e, n: $0.n, t: $0.t, v: $0.v) }
        #expect(latest.result.items == expected)
        let few = try SimulatorFixture {
            $0.connectors = 2
            $0.latestCount = 7
        }
        let items = try few.ask(few.path(1, "/telemetry/events/latest")).decode(Wire.Latest.self).result.items
        #expect(items == Array(expected.prefix(7)))
    }

    @Test func `one event is found by its identity, with its payload`() throws {
        let world = try SimulatorFixture { $0.connectors = 2 }
        for event in try world.known(1).prefix(150) {
            let path = world.path(1, "/telemetry/events/\(event.identity)")
            let single = try world.ask(path).decode(Wire.Single.self)
            #expect(single.success)
            #expect(single.result == Wire.Event(e: event.e, n: event.n, t: event.t, v: event.v))
        }
    }

    @Test(arguments: ["1.1", "1700000000", "1.7e9.0", "a.b", ".", "1.2.3", "-1.-1", "99999999999999999999.0"])
    func `an unknown event is not found`(name: String) throws {
        let world = try SimulatorFixture { $0.connectors = 1 }
        let reply = try world.ask(world.path(0, "/telemetry/events/\(name)"))
        #expect(reply.status == 404)
        #expect(try reply.decode(SimulatorFixture.ErrorEnvelope.self).success == false)
    }
}
