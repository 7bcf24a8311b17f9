// SPDX-License-Identifier: Apache-2.0

import Exposition
import HTTPEndpoint
import LinuxSystem
import Polling

/// Answers scrapes from the published body and a small tail of its own.
struct MetricsRoute: Sendable {
    let publisher: Publisher
    let scrapes: ScrapeCounter

    /// The most scrapes that are answered at once; 0 for no limit.
    let maxRequests: Int

    /// What the tail says of this process; `nil` where it says nothing.
    let families: ScrapeTail?

    private let answers = NegotiationCache()
    private let clock = SystemClock()

    /// Makes the route.
    init(publisher: Publisher, scrapes: ScrapeCounter, maxRequests: Int, families: ScrapeTail?) {
        self.publisher = publisher
        self.scrapes = scrapes
        self.maxRequests = maxRequests
        self.families = families
    }

    /// Answers a request at once.
    func handle(_ request: Request, _ responder: Responder) {
        guard let place = scrapes.begin(limit: maxRequests) else {
            let message = "Limit of concurrent requests reached (\(maxRequests)), try again later."
            responder.send(.text(503, message))
            return
        }
        let answer = answers.answer(
            accept: request.headers.joined("accept"),
            acceptEncoding: request.headers.joined("accept-encoding")
        )
        let body = publisher.body
        let tail = tail(answer.dialect)
        let prepared = body[answer.dialect]
        let rendition = answer.isGzip ? prepared.gzip(tail: tail) : prepared.plain(tail: tail)
        let isScrape = request.method == "GET"
        var response = Response(
            status: 200,
            headers: answer.headers,
            body: ResponseBody(sharing: rendition.shared, of: rendition.sharedCount, end: rendition.tail)
        ) { [publisher, scrapes] finish in
            place.giveBack()
            scrapes.end(code: 200)
            if isScrape, finish == .sent { publisher.recordScrape(of: body.generation) }
        }
        response.onStall = { place.giveBack() }
        response.timeLimit = ScrapeTimeout.parse(request.headers.first("x-prometheus-scrape-timeout-seconds"))
        responder.send(response)
    }

    private func tail(_ dialect: ExpositionFormat) -> [UInt8] {
        guard let families else { return dialect.terminator }
        let (codes, inFlight) = scrapes.snapshot
        let lines = families.bytes(dialect, scrapes: codes, inFlight: inFlight, uptime: clock.uptime())
        return lines + dialect.terminator
    }
}
