// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Polling
import Synchronization
import TestSupport

/// An account's API in memory: who has which events, what goes wrong, and every request that came with its time.
final class SimulatedAccount: HTTPTransport {
    struct Event: Sendable {
        let kind: String

        /// When it is recorded, and listed, in seconds since the Unix epoch.
        let t: Int
        let n: Int

        /// Whether something was open there before it, and still is.
        var isWhileOpen = false
    }

    struct Log: Sendable {
        /// When requests came, in uptime.
        var requests: [Double] = []

        /// When each connector was polled, in uptime.
        var polls: [String: [Double]] = [:]
    }

    static let id = "0123456789abcdef0123456789abcdef"

    let connectors: [String]
    let events: [String: [Event]]
    private let clock: any PollingClock
    private let log = Mutex(Log())
    private let random: Mutex<SeededRandom>
    private let faultShare: Double

    /// How the API answers instead; `nil` where it does as it should.
    private let refusal = Mutex<HTTPResponse?>(nil)

    init(events: [String: [Event]], faultShare: Double = 0, seed: UInt64 = 1, clock: any PollingClock) {
        connectors = events.keys.sorted()
        self.events = events
        self.faultShare = faultShare
        self.clock = clock
        random = Mutex(SeededRandom(seed: seed))
    }

    var seen: Log { log.withLock { $0 } }

    func refuse(with response: HTTPResponse?) { refusal.withLock { $0 = response } }

    /// The most requests in any window, by a count of its own.
    func peak(window: Double) -> Int {
        let requests = seen.requests
        var first = 0
        var peak = 0
        for (index, time) in requests.enumerated() {
            // One that comes exactly a window later is not in it; sums of times are rounded.
            while requests[first] <= time - window + 1e-6 { first += 1 }
            peak = max(peak, index - first + 1)
        }
        return peak
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let now = clock.uptime()
        let parts = request.url.split(separator: "/").drop { $0 != "connectors" }.dropFirst().map(String.init)
        let isList = parts.count == 3 && parts[2].hasPrefix("events?")
        log.withLock { log in
            log.requests.append(now)
            if isList { log.polls[parts[0], default: []].append(now) }
        }
        if let response = refusal.withLock({ $0 }) { return response }
        let share = faultShare
        if share > 0, random.withLock({ Double.random(in: 0..<1, using: &$0) }) < share {
            return HTTPResponse(status: 503)
        }
        return HTTPResponse(status: 200, body: Array(body(parts).utf8))
    }

    private func body(_ parts: [String]) -> String {
        guard let connector = parts.first else {
            return wrap("[\(connectors.map { "{\"id\":\"\($0)\"}" }.joined(separator: ","))]")
        }
        let now = Int(clock.now())
        let listed = (events[connector] ?? []).prefix { $0.t <= now }
        if parts[2].hasPrefix("events?") {
            let query = parts[2].dropFirst("events?".count).split(separator: "&")
            let from = query.first { $0.hasPrefix("from=") }.flatMap { Int($0.dropFirst(5)) } ?? 0
            let items = listed.filter { $0.t >= from }.map {
                "{\"a\":\($0.t),\"k\":\"\($0.kind)\",\"n\":\($0.n),\"t\":\($0.t)}"
            }
            return wrap("{\"count\":\(items.count),\"items\":[\(items.joined(separator: ","))]}")
        }
        if parts.last == "latest" {
            return wrap("{\"count\":0,\"items\":[\(listed.suffix(5).map(detail).joined(separator: ","))]}")
        }
        let event = listed.first { "\($0.t).\($0.n)" == parts.last }
        return wrap(event.map(detail) ?? "null")
    }

    private func detail(_ event: Event) -> String {
        "{\"e\":{\"k\":\"\(event.kind)\",\"tunnel_id\":\"t1\"},\"n\":\(event.n),\"t\":\(event.t),\"v\":\"1\"}"
    }

    private func wrap(_ result: String) -> String { "{\"success\":true,\"result\":\(result)}" }
}
