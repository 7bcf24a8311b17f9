// SPDX-License-Identifier: Apache-2.0

import Exposition
import HTTPEndpoint
import Polling

/// Answers scrapes from the published body and a small tail of its own.
struct MetricsRoute: Sendable {
    let publisher: Publisher
    let scrapes: ScrapeCounter

    /// The most scrapes that are answered at once; 0 for no limit.
    let maxRequests: Int

    /// Whether the tail says anything of this process.
    let withExporterFamilies: Bool

    private let startTime = ProcessUsage.startTime(now: SystemClock().now(), uptime: SystemClock().uptime())

    init(publisher: Publisher, scrapes: ScrapeCounter, maxRequests: Int, withExporterFamilies: Bool) {
        self.publisher = publisher
        self.scrapes = scrapes
        self.maxRequests = maxRequests
        self.withExporterFamilies = withExporterFamilies
    }

    /// Answers a request at once.
    func handle(_ request: Request, _ responder: Responder) {
        guard scrapes.begin(limit: maxRequests) else {
            let message = "Limit of concurrent requests reached (\(maxRequests)), try again later."
            responder.send(.text(503, message))
            return
        }
        let (dialect, contentType) = Negotiation.dialect(accept: request.headers.joined("accept"))
        let isGzip = Negotiation.acceptsGzip(request.headers.joined("accept-encoding"))
        let body = publisher.body
        let tail = tail(dialect)
        var headers = [("Content-Type", contentType), ("Vary", "Accept, Accept-Encoding")]
        if isGzip { headers.append(("Content-Encoding", "gzip")) }
        let isScrape = request.method == "GET"
        responder.send(
            Response(
                status: 200,
                headers: headers.map { (name: $0.0, value: $0.1) },
                body: isGzip ? body[dialect].gzip(tail: tail) : body[dialect].plain(tail: tail)
            ) { [publisher, scrapes] finish in
                scrapes.end(code: 200)
                if isScrape, finish == .sent { publisher.noteScrape(of: body.generation) }
            }
        )
    }

    private func tail(_ dialect: Dialect) -> [UInt8] {
        guard withExporterFamilies else { return dialect.terminator }
        let (codes, inFlight) = scrapes.snapshot
        let families = ScrapeFamilies.bytes(
            dialect,
            scrapes: codes,
            inFlight: inFlight,
            usage: .read(),
            startTime: startTime
        )
        return families + dialect.terminator
    }
}
