// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Foundation
import HTTPTransport
import LinuxSystem
import Polling
import Synchronization
import TestSupport

/// The API of one connector whose events appear late, also while its pages are read.
///
/// Its clock is right.
///
/// A page starts at an event's index, so pages shift when an event appears before the current one.
final class ShiftingAPI: HTTPTransport {
    struct Listed: Sendable {
        let id: EventID
        let kind: String

        /// When the API starts to list the event.
        let from: Int
    }

    private struct State {
        var random: SeededRandom
        var time = 1_700_000_000.0
        var skew = 0.0
        var shownAsLatest: Set<String> = []
    }

    let events: [Listed]
    private let isAscending: Bool
    private let failureRate: Int
    private let state: Mutex<State>

    init(events: [Listed], seed: UInt64) {
        self.events = events
        isAscending = seed % 2 == 0
        failureRate = seed % 3 == 0 ? 12 : 1000
        state = Mutex(State(random: SeededRandom(seed: seed)))
    }

    /// The true time, in seconds since the Unix epoch.
    var time: Double { state.withLock(\.time) }

    /// How far the exporter's clock is ahead, in seconds.
    var skew: Double {
        get { state.withLock(\.skew) }
        set { state.withLock { $0.skew = newValue } }
    }

    /// The kinds of events that `latest` returned.
    var shownAsLatest: Set<String> { state.withLock(\.shownAsLatest) }

    func advance(by seconds: Double) { state.withLock { $0.time += seconds } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let parts = URLComponents(string: request.url)
        let query = Dictionary(
            (parts?.queryItems ?? []).map { ($0.name, $0.value ?? "") },
            uniquingKeysWith: { $1 }
        )
        let isLatest = parts?.path.hasSuffix("/latest") == true
        return state.withLock { state in
            state.time += Double.random(in: 0...40, using: &state.random)
            let headers = [(name: "date", value: Self.httpDate(state.time))]
            if Int.random(in: 0..<failureRate, using: &state.random) == 0 {
                return HTTPResponse(status: 500, headers: headers)
            }
            let body = isLatest ? latest(&state) : page(query, &state)
            return HTTPResponse(status: 200, headers: headers, body: Array(body.utf8))
        }
    }

    private func shown(at time: Double) -> [Listed] {
        events.filter { Double($0.from) <= time }
            .sorted { isAscending ? $0.id < $1.id : $1.id < $0.id }
    }

    private func page(_ query: [String: String], _ state: inout State) -> String {
        let from = query["from"].flatMap(Int.init) ?? 0
        let to = query["to"].flatMap(Int.init) ?? 0
        let window = shown(at: state.time).filter { from <= $0.id.t && $0.id.t <= to }
        let start = min(query["cursor"].flatMap(Int.init) ?? 0, window.count)
        let end = min(window.count, start + Int.random(in: 3...7, using: &state.random))
        var items = window[start..<end].map { event in
            #"{"a":\#(event.from),"k":"\#(event.kind)","n":\#(event.id.n),"t":\#(event.id.t)}"#
        }
        if let again = items.randomElement(using: &state.random) { items.append(again) }
        let cursor = end < window.count ? #","cursor":"\#(end)""# : ""
        return Self.envelope(
            #"{"count":\#(items.count),"items":[\#(items.joined(separator: ","))]\#(cursor)}"#
        )
    }

    private func latest(_ state: inout State) -> String {
        let newest = shown(at: state.time).sorted { $1.id < $0.id }.prefix(4)
        state.shownAsLatest.formUnion(newest.map(\.kind))
        let items = newest.map { event in
            #"{"e":{"k":"\#(event.kind)"},"n":\#(event.id.n),"t":\#(event.id.t),"v":"1"}"#
        }
        return Self.envelope(#"{"count":\#(items.count),"items":[\#(items.joined(separator: ","))]}"#)
    }

    private static func envelope(_ result: String) -> String {
        #"{"result":\#(result),"success":true,"errors":[],"messages":[]}"#
    }

    private static func httpDate(_ seconds: Double) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.string(from: Date(timeIntervalSince1970: seconds))
    }
}

extension ShiftingAPI: PollingClock {
    var epoch: String { "a test" }

    func now() -> Timestamp { state.withLock { Timestamp($0.time + $0.skew) } }

    func uptime() -> Uptime { Uptime(seconds: state.withLock(\.time)) }

    func sleep(seconds: Double) async throws(CancellationError) { advance(by: seconds) }
}
