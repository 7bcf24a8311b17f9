// SPDX-License-Identifier: Apache-2.0

/// The requests that the API has received, for tests that limit the requests of an exporter.
struct RequestStatistics: Sendable {
    private var byRoute: [RouteKind: Int] = [:]
    private var byStatus: [Int: Int] = [:]
    private var byToken: [String: SlidingPeak] = [:]
    private var all = SlidingPeak()
    /// The requests of all clients, with the window of the rate limit.
    private var inWindow: SlidingPeak
    /// The number of requests that each fault affected, by its label.
    private var byFault: [String: Int] = [:]

    /// - Parameter window: the window of the rate limit, in seconds.
    init(window: Double) { inWindow = SlidingPeak(window: max(1, Int(window))) }

    mutating func count(_ effect: FaultEffect) { byFault[effect.label, default: 0] += 1 }

    /// Counts a request.
    ///
    /// - Parameters:
    ///   - route: the kind of the request's path.
    ///   - status: the status of the response.
    ///   - token: the token, or `nil` if it was not accepted.
    ///   - now: seconds since the Unix epoch.
    mutating func count(route: RouteKind, status: Int, token: String?, at now: Int) {
        byRoute[route, default: 0] += 1
        byStatus[status, default: 0] += 1
        all.count(at: now)
        inWindow.count(at: now)
        if let token { byToken[token, default: SlidingPeak()].count(at: now) }
    }

    var json: [UInt8] {
        JSONWriter.object(capacity: 1024) { json in
            json.field("total", all.total)
            json.field("peak_5m", all.peak)
            json.field("window", inWindow.window)
            json.field("peak", inWindow.peak)
            json.field("by_fault", counts: byFault)
            json.field("by_endpoint", counts: byRoute)
            json.field("by_status", counts: byStatus.reduce(into: [:]) { $0[String($1.key)] = $1.value })
            json.object("by_token") { json in
                for (token, requests) in byToken.sorted(by: { $0.key < $1.key }) {
                    json.object(token) { json in
                        json.field("peak_5m", requests.peak)
                        json.field("total", requests.total)
                    }
                }
            }
        }
    }
}
