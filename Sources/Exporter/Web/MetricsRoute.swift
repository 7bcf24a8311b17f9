// SPDX-License-Identifier: Apache-2.0

import Exposition
import HTTPEndpoint
import LinuxSystem
import Polling

/// The telemetry path: sends the published body with a tail that is written for each scrape.
struct MetricsRoute: Sendable {
    /// The source of bodies.
    let publisher: Publisher

    let scrapes: ScrapeCounter

    /// The maximum number of concurrent scrapes; 0 for no limit.
    let maxRequests: Int

    /// The tail with metrics about scrapes and the process; `nil` if these metrics are disabled.
    let tail: ScrapeTail?

    let clock: any PollingClock

    /// Responds to a scrape without waiting.
    func handle(_ request: Request, _ responder: Responder) {
        guard let permit = scrapes.begin(limit: maxRequests) else {
            let message = "Limit of concurrent requests reached (\(maxRequests)), try again later."
            responder.send(.text(503, message))
            return
        }
        let (format, contentType) = Negotiation.format(accept: request.headers.joined("accept"))
        let isGzip = Negotiation.acceptsGzip(request.headers.joined("accept-encoding"))
        let body = publisher.body
        let prepared = body[format]
        let tail = tailBytes(format)
        let encoded = isGzip ? prepared.gzip(tail: tail) : prepared.plain(tail: tail)
        let scraper = request.method == "GET" ? Scraper(request) : nil
        var response = Response(
            status: 200,
            headers: Self.headers(contentType: contentType, isGzip: isGzip),
            body: ResponseBody(sharing: encoded.shared, of: encoded.sharedCount, end: encoded.tail)
        ) { [publisher, scrapes] outcome in
            permit.release()
            scrapes.count(code: 200)
            if let scraper, outcome == .sent { publisher.recordScrape(of: body.generation, by: scraper) }
        }
        response.onStall = { permit.release() }
        response.timeLimit = ScrapeTimeout.parse(request.headers.first("x-prometheus-scrape-timeout-seconds"))
        responder.send(response)
    }

    private static func headers(contentType: String, isGzip: Bool) -> [(name: String, value: String)] {
        var headers = [("Content-Type", contentType), ("Vary", "Accept, Accept-Encoding")]
        if isGzip { headers.append(("Content-Encoding", "gzip")) }
        return headers
    }

    private func tailBytes(_ format: ExpositionFormat) -> [UInt8] {
        guard let tail else { return format.terminator }
        let (codes, inFlight) = scrapes.snapshot
        let lines = tail.bytes(format, scrapes: codes, inFlight: inFlight, uptime: clock.uptime().seconds)
        return lines + format.terminator
    }
}
