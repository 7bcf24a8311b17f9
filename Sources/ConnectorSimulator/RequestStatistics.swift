// SPDX-License-Identifier: Apache-2.0

/// What was asked of the API, for tests of how much an exporter asks.
struct RequestStatistics: Sendable {
    private(set) var byEndpoint: [EndpointClass: Int] = [:]
    private(set) var byStatus: [Int: Int] = [:]
    /// Peaks and totals of each token that is known.
    private(set) var byToken: [String: SlidingPeak] = [:]
    /// Peak and total of all requests, whoever sent them.
    private(set) var all = SlidingPeak()
    /// Peak of all requests in any window of the rate limit.
    private(set) var inWindow: SlidingPeak
    /// How many requests each fault befell, by its word and parameter.
    private(set) var byFault: [String: Int] = [:]

    /// - Parameter window: that of the rate limit, in seconds.
    init(window: Double) { inWindow = SlidingPeak(window: max(1, Int(window))) }

    /// Counts a request that something befell.
    mutating func count(_ effect: FaultEffect) { byFault[effect.label, default: 0] += 1 }

    /// Counts a request.
    ///
    /// - Parameters:
    ///   - endpoint: what was asked for.
    ///   - status: what was answered.
    ///   - token: `nil` where it is not known.
    ///   - now: seconds since the Unix epoch.
    mutating func count(endpoint: EndpointClass, status: Int, token: String?, at now: Int) {
        byEndpoint[endpoint, default: 0] += 1
        byStatus[status, default: 0] += 1
        all.count(at: now)
        inWindow.count(at: now)
        if let token { byToken[token, default: SlidingPeak()].count(at: now) }
    }

    /// The statistics as JSON.
    var json: [UInt8] {
        var json = JSONWriter(capacity: 1024)
        json.raw("{\"total\":")
        json.integer(all.total)
        json.raw(",\"peak_5m\":")
        json.integer(all.peak)
        json.raw(",\"window\":")
        json.integer(inWindow.window)
        json.raw(",\"peak\":")
        json.integer(inWindow.peak)
        json.raw(",\"by_fault\":")
        json.object(byFault.map { ($0.key, $0.value) })
        json.raw(",\"by_endpoint\":")
        json.object(byEndpoint.map { ($0.key.rawValue, $0.value) })
        json.raw(",\"by_status\":")
        json.object(byStatus.map { (String($0.key), $0.value) })
        json.raw(",\"by_token\":{")
        for (index, token) in byToken.keys.sorted().enumerated() {
            if index > 0 { json.raw(",") }
            json.string(token)
            json.raw(":")
            json.object([("total", byToken[token]?.total ?? 0), ("peak_5m", byToken[token]?.peak ?? 0)])
        }
        json.raw("}}")
        return json.bytes
    }
}
