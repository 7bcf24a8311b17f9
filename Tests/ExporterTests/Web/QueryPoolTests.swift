// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import HTTPEndpoint
import LinuxSystem
import Logging
import Polling
import Synchronization
import TestSupport
import Testing

@testable import Exporter

@Suite(.timeLimit(.minutes(1))) struct QueryPoolTests {
    /// Queries that begin and end as the test decides.
    private final class Fixture: Sendable {
        let begun = Events<Int>()
        /// The queries that ended because their client has gone.
        let ended = Events<Int>()
        let responses = Events<Response>()
        let snapshots = Mutex(0)
        private let mayEnd = Events<Void>()

        func makePool() -> QueryPool {
            QueryPool(
                directory: "/nonexistent",
                clock: SystemClock(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ) { [self] in
                snapshots.withLock { $0 += 1 }
                let settings = FamilySettings(
                    stuckAfter: StuckThresholds(),
                    failureRatioWindows: [],
                    forgetTunnelsAfter: 604_800
                )
                return FleetSnapshot(connectors: [], accounts: [], settings: settings, now: 0)
            }
        }

        func ask(_ pool: QueryPool, _ number: Int, isAbandoned: @escaping @Sendable () -> Bool = { false }) {
            let responder = Responder(isAbandoned: isAbandoned) { [responses] response in
                if !isAbandoned() { responses.record(response) }
            }
            pool.respond(responder, failure: { .text($0, $1) }) { [begun, ended, mayEnd] context in
                begun.record(number)
                while !context.isCancelled() {
                    if (try? mayEnd.next(within: 0.01)) != nil { return .text(200, "\(number)") }
                }
                ended.record(number)
                return .text(200, "cancelled")
            }
        }

        func finishOne() { mayEnd.record(()) }
    }

    @Test func `two queries run at once, 32 wait, and further clients get 503`() async throws {
        try await onThread { () throws in
            let fixture = Fixture()
            let pool = fixture.makePool()
            for number in 0..<2 { fixture.ask(pool, number) }
            for _ in 0..<2 { _ = try fixture.begun.next() }
            for number in 2..<34 { fixture.ask(pool, number) }
            #expect(fixture.responses.pending.isEmpty)
            fixture.ask(pool, 99)
            let busy = try fixture.responses.next()
            #expect(busy.status == 503 && busy.header("Retry-After") == "1")
            #expect(fixture.begun.pending.isEmpty, "no third query has begun")
            for _ in 0..<34 { fixture.finishOne() }
            var answered: Set<String> = []
            for _ in 0..<34 { answered.insert(try fixture.responses.next().text) }
            #expect(answered == Set((0..<34).map(String.init)))
            #expect(fixture.snapshots.withLock(\.self) <= 3, "queries share a snapshot of the fleet")
        }
    }

    @Test func `a query ends with its client, and one whose client has gone does not begin`() async throws {
        try await onThread { () throws in
            let fixture = Fixture()
            let pool = fixture.makePool()
            let gone = Gone()
            for number in 0..<2 { fixture.ask(pool, number) { gone.isSet } }
            for _ in 0..<2 { _ = try fixture.begun.next() }
            for number in 2..<34 { fixture.ask(pool, number) { gone.isSet } }
            gone.set()
            fixture.ask(pool, 50)
            #expect(try fixture.begun.next() == 50)
            #expect(try Set((0..<2).map { _ in try fixture.ended.next() }) == [0, 1])
            fixture.finishOne()
            #expect(try fixture.responses.next().text == "50")
            #expect(fixture.begun.pending.isEmpty && fixture.responses.pending.isEmpty)
        }
    }

    @Test func `a ledger that cannot be opened gives 503`() async throws {
        try await onThread { () throws in
            let fixture = Fixture()
            let pool = fixture.makePool()
            let responder = Responder { [responses = fixture.responses] in responses.record($0) }
            pool.respond(responder, failure: { .text($0, $1) }) { context throws(LedgerError) in
                _ = try context.history()
                return .text(200, "")
            }
            let response = try fixture.responses.next()
            #expect(response.status == 503)
            #expect(!response.text.contains("nonexistent"), "the path of the ledger is only logged")
        }
    }

    private final class Gone: Sendable {
        private let value = Atomic(false)
        var isSet: Bool { value.load(ordering: .relaxed) }
        func set() { value.store(true, ordering: .relaxed) }
    }
}
