// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import HTTPEndpoint
import LinuxSystem
import Polling
import Synchronization
import TestSupport
import Testing

@testable import Exporter

@Suite(.timeLimit(.minutes(1))) struct RenderedPageTests {
    /// A clock that the test sets.
    private final class SetClock: PollingClock {
        let time = Mutex(100.0)
        var epoch: String { "a test" }
        func now() -> Timestamp { 0 }
        func uptime() -> Uptime { Uptime(seconds: time.withLock(\.self)) }
        func sleep(seconds: Double) async throws(CancellationError) {}
    }

    /// A page that contains the time of its snapshot, and whose renderings the test lets end.
    private final class Fixture: Sendable {
        let clock = SetClock()
        let begun = Events<Double>()
        let responses = Events<(asked: Double, response: Response)>()
        private let mayEnd = Events<Void>()

        func makePage() -> RenderedPage {
            RenderedPage(clock: clock) { [self] in
                let time = clock.uptime().seconds
                begun.record(time)
                return { [mayEnd] in
                    _ = try? mayEnd.next()
                    return .text(200, "\(time)")
                }
            }
        }

        func finishRendering() { mayEnd.record(()) }

        func request(_ page: RenderedPage, isAbandoned: Bool = false) {
            let asked = clock.uptime().seconds
            page.respond(
                Responder(isAbandoned: { isAbandoned }) { response in
                    if !isAbandoned { self.responses.record((asked, response)) }
                }
            )
        }

        /// Returns the time of the snapshot in a response, which may be at most a second older than the request.
        func nextSnapshot() throws -> Double {
            let (asked, response) = try responses.next(within: 30)
            let text = String(decoding: response.body.flatMap(\.self), as: UTF8.self)
            let time = try #require(Double(text))
            #expect(time >= asked - 1)
            return time
        }
    }

    @Test(arguments: [1, 2, 64]) func `a burst of requests renders one page`(count: Int) async throws {
        try await onThread { () throws in
            let fixture = Fixture()
            let page = fixture.makePage()
            for _ in 0..<count { fixture.request(page) }
            fixture.finishRendering()
            for _ in 0..<count { #expect(try fixture.nextSnapshot() == 100) }
            fixture.clock.time.withLock { $0 = 100.9 }
            fixture.request(page)
            #expect(try fixture.nextSnapshot() == 100, "the page is new enough")
            #expect(fixture.begun.pending == [100])
        }
    }

    @Test(arguments: 1...20)
    func `every client gets a new enough page, and one is rendered per second`(seed: UInt64) async throws {
        try await onThread { () throws in
            var random = SeededRandom(seed: seed)
            let fixture = Fixture()
            let page = fixture.makePage()
            var waiting = 0
            for _ in 0..<200 {
                fixture.clock.time.withLock { $0 += Double.random(in: 0...0.3, using: &random) }
                if waiting < 60, Int.random(in: 0..<4, using: &random) > 0 {
                    fixture.request(page)
                    waiting += 1
                } else {
                    fixture.finishRendering()
                }
                while !fixture.responses.pending.isEmpty {
                    _ = try fixture.nextSnapshot()
                    waiting -= 1
                }
            }
            for _ in 0..<400 { fixture.finishRendering() }
            for _ in 0..<waiting { _ = try fixture.nextSnapshot() }
            let times = fixture.begun.pending
            let elapsed = (times.last ?? 0) - (times.first ?? 0)
            #expect(Double(times.count) <= elapsed + 2, "\(times)")
        }
    }

    @Test func `further clients get 503 while 64 wait`() async throws {
        try await onThread { () throws in
            let fixture = Fixture()
            let page = fixture.makePage()
            for _ in 0..<64 { fixture.request(page) }
            fixture.request(page)
            let response = try fixture.responses.next(within: 30).response
            #expect(response.status == 503)
            #expect(response.headers.contains { $0.name == "Retry-After" && $0.value == "1" })
            fixture.finishRendering()
            for _ in 0..<64 { _ = try fixture.nextSnapshot() }
        }
    }

    @Test func `a client that has left gives its place to another, and causes no rendering`() async throws {
        try await onThread { () throws in
            let fixture = Fixture()
            let page = fixture.makePage()
            fixture.request(page)
            _ = try fixture.begun.next(within: 30)
            for _ in 0..<63 { fixture.request(page, isAbandoned: true) }
            fixture.clock.time.withLock { $0 = 102 }
            fixture.request(page)
            fixture.request(page, isAbandoned: true)
            fixture.finishRendering()
            #expect(try fixture.nextSnapshot() == 100)
            fixture.finishRendering()
            #expect(try fixture.nextSnapshot() == 102)
            fixture.clock.time.withLock { $0 = 104 }
            fixture.request(page, isAbandoned: true)
            fixture.request(page)
            fixture.finishRendering()
            #expect(try fixture.nextSnapshot() == 104)
            #expect(fixture.begun.pending == [102, 104])
        }
    }
}
