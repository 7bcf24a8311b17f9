// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import HTTPTransport
import LinuxSystem
import Polling
import Synchronization
import TestSupport

/// The API of one account in memory.
///
/// It records the time of each request.
final class SimulatedAccount: HTTPTransport {
    struct Event: Sendable {
        let kind: String

        /// When the event is recorded and listed, in seconds since the Unix epoch.
        let t: Int
        let n: Int

        /// Whether an operation was open before the event and still is.
        var isWhileOpen = false
    }

    struct Log: Sendable {
        /// The uptime of each request, in seconds.
        var requests: [Double] = []

        /// The uptime of each connector's polls, in seconds.
        var polls: [String: [Double]] = [:]

        /// The uptime of each connector's snapshot polls, in seconds.
        var snapshotPolls: [String: [Double]] = [:]
    }

    static let id = "0123456789abcdef0123456789abcdef"

    let connectors: [String]
    let events: [String: [Event]]
    private let clock: any PollingClock
    private let log = Mutex(Log())
    private let random: Mutex<SeededRandom>
    private let faultShare: Double

    /// The results of sites and token checks, by the end of the path; others are forbidden.
    let results = Mutex(["/magic/sites": "[]", "user/tokens/verify": "{}"])

    /// The snapshots of every connector.
    struct Snapshots: Sendable {
        /// The time between two snapshots, in seconds.
        var interval = 60
        /// The time from recording to collection, in seconds.
        var delay = 5
        /// The status of the newest snapshot.
        var status = 200
    }

    /// The snapshots of every connector; `nil` if they have none.
    let snapshots = Mutex<Snapshots?>(nil)

    /// The connectors that the lists of connectors and sites lack, until an uptime.
    private let hidden = Mutex<(connectors: Set<String>, until: Uptime)>(([], 0))

    /// The response to every request in a range of uptime; `nil` for normal responses.
    private let refusal = Mutex<(response: HTTPResponse, uptime: Range<Double>)?>(nil)

    init(events: [String: [Event]], faultShare: Double = 0, seed: UInt64 = 1, clock: any PollingClock) {
        connectors = events.keys.sorted()
        self.events = events
        self.faultShare = faultShare
        self.clock = clock
        random = Mutex(SeededRandom(seed: seed))
    }

    var seen: Log { log.withLock { $0 } }

    /// Answers every request with a response during a range of uptime, in seconds; `nil` ends the refusal.
    func refuse(with response: HTTPResponse?, during uptime: Range<Double> = 0..<(.infinity)) {
        refusal.withLock { $0 = response.map { ($0, uptime) } }
    }

    /// Removes connectors from the lists of connectors and sites, until an uptime.
    func hide(_ connectors: Set<String>, until uptime: Uptime = Uptime(seconds: .infinity)) {
        hidden.withLock { $0 = (connectors, uptime) }
    }

    private func hiddenConnectors() -> Set<String> {
        let hidden = hidden.withLock(\.self)
        return clock.uptime() < hidden.until ? hidden.connectors : []
    }

    /// Returns the maximum number of requests in any window.
    func peak(window: Double) -> Int {
        seen.requests.map { Uptime(seconds: $0) }.peak(window: window)
    }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let now = clock.uptime().seconds
        let path = request.url.split(separator: "/").suffix(3).joined(separator: "/")
        let parts = request.url.split(separator: "/").drop { $0 != "connectors" }.dropFirst().map(String.init)
        let isList = parts.count == 3 && parts[2].hasPrefix("events?")
        log.withLock { log in
            log.requests.append(now)
            if isList { log.polls[parts[0], default: []].append(now) }
        }
        if let refusal = refusal.withLock(\.self), refusal.uptime.contains(now) { return refusal.response }
        let share = faultShare
        if share > 0, random.withLock({ Double.random(in: 0..<1, using: &$0) }) < share {
            return HTTPResponse(status: 503)
        }
        if path.hasSuffix("/magic/sites") || path.hasSuffix("/tokens/verify") {
            guard let result = results.withLock({ $0.first { path.hasSuffix($0.key) }?.value }) else {
                return HTTPResponse(status: 403)
            }
            let visible = hiddenConnectors().reduce(result) { $0.replacing("\"\($1)\"", with: "null") }
            return HTTPResponse(status: 200, body: Array(wrap(visible).utf8))
        }
        if parts.count > 2, parts[2].hasPrefix("snapshots") { return snapshot(parts) }
        return HTTPResponse(status: 200, body: Array(body(parts).utf8))
    }

    private func snapshot(_ parts: [String]) -> HTTPResponse {
        guard let plan = snapshots.withLock(\.self) else { return HTTPResponse(status: 404) }
        let newest = (clock.now().wholeSeconds - plan.delay) / plan.interval * plan.interval
        guard parts.last == "latest" else {
            let items = (0..<8).map {
                "{\"t\":\(newest - $0 * plan.interval),\"a\":\(newest - $0 * plan.interval + plan.delay)}"
            }
            let list = wrap("{\"count\":8,\"items\":[\(items.joined(separator: ","))]}")
            return HTTPResponse(status: 200, body: Array(list.utf8))
        }
        log.withLock { $0.snapshotPolls[parts[0], default: []].append(clock.uptime().seconds) }
        let body = wrap("{\"count\":1,\"items\":[{\"t\":\(newest),\"v\":\"1\",\"load_average_1m\":0.5}]}")
        return HTTPResponse(status: plan.status, body: Array(body.utf8))
    }

    private func body(_ parts: [String]) -> String {
        guard let connector = parts.first else {
            let hidden = hiddenConnectors()
            let connectors = connectors.filter { !hidden.contains($0) }
            return wrap("[\(connectors.map { "{\"id\":\"\($0)\"}" }.joined(separator: ","))]")
        }
        let now = clock.now().wholeSeconds
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
