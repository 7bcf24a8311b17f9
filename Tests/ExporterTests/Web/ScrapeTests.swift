// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition
import HTTPEndpoint
import LinuxSystem
import Polling
import Synchronization
import TestSupport
import Testing

@testable import Exporter

@Suite struct `A scrape` {
    private static let settings = FamilySettings(stuckAfter: .init(), failureRatioWindows: [])

    private static func route(maxRequests: Int = 40, families: ScrapeTail? = nil) -> MetricsRoute {
        let publisher = Publisher(
            settings: settings,
            statistics: PollStatistics(),
            withExporterFamilies: true,
            withCreated: false,
            startTime: 1,
            clock: SystemClock()
        )
        return MetricsRoute(
            publisher: publisher,
            scrapes: ScrapeCounter(),
            maxRequests: maxRequests,
            families: families
        )
    }

    private static func ask(_ route: MetricsRoute, _ headers: [(name: String, value: String)] = []) throws
        -> Response
    {
        let answers = Events<Response>()
        route.handle(
            Request(path: "/metrics", headers: Headers(headers)),
            Responder { response in answers.record(response) }
        )
        return try answers.next()
    }

    @Test func `more scrapes than may be answered at once get 503, until one has ended`() throws {
        let route = Self.route(maxRequests: 2)
        let first = try Self.ask(route)
        #expect(first.status == 200)
        #expect(try Self.ask(route).status == 200)
        #expect(try Self.ask(route).status == 503)
        first.onFinish?(.aborted)
        #expect(try Self.ask(route).status == 200)
        #expect(route.scrapes.snapshot.codes == [200: 1, 500: 0, 503: 1])
    }

    @Test func `a scrape that its client lets lie gives its place to another, once, and is still counted`()
        throws
    {
        let route = Self.route(maxRequests: 1)
        let unread = try Self.ask(route)
        #expect(try Self.ask(route).status == 503)
        unread.onStall?()
        #expect(route.scrapes.snapshot.inFlight == 0)
        #expect(try Self.ask(route).status == 200)
        unread.onStall?()
        unread.onFinish?(.sent)
        #expect(route.scrapes.snapshot.inFlight == 1)
        #expect(try Self.ask(route).status == 503)
        #expect(route.scrapes.snapshot.codes == [200: 1, 500: 0, 503: 2])
    }

    @Test(
        arguments: [
            ("10", 10.0), ("0.25", 0.25), ("0.001", 0.001), ("0.0009", nil), ("86400", 86400), ("", nil),
            ("0", nil), ("-1", nil), ("1e3", nil),
            ("inf", nil), ("nan", nil), ("86401", nil), ("1.2.3", nil), (".", nil), ("10s", nil),
            ("00000000000000000000000000000000000000001", nil),
        ] as [(String, Double?)]
    )
    func `a scrape's time is taken from its header where that makes sense`(header: String, seconds: Double?)
        throws
    {
        let response = try Self.ask(Self.route(), [("X-Prometheus-Scrape-Timeout-Seconds", header)])
        #expect(response.timeLimit == seconds.map { .seconds($0) })
    }

    @Test func `a scrape without such a header has the endpoint's own limits`() throws {
        #expect(try Self.ask(Self.route()).timeLimit == nil)
    }

    @Test(arguments: 1...5)
    func `an answer that is remembered is the one that the headers ask for`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let answers = NegotiationCache()
        let accepts = [
            nil, "", "*/*", "text/plain;version=1.0.0",
            "application/openmetrics-text;version=1.0.0;escaping=dots",
            "application/openmetrics-text",
            String(repeating: "a,", count: 2000) + "application/openmetrics-text",
        ]
        let codings = [nil, "gzip", "gzip;q=0", "*"]
        for _ in 0..<500 {
            // More than are remembered, so that some are forgotten between.
            let rare = "text/plain;rare=\(Int.random(in: 0..<30, using: &random))"
            let accept = Bool.random(using: &random) ? rare : accepts.randomElement(using: &random) ?? nil
            let coding = codings.randomElement(using: &random) ?? nil
            let answer = answers.answer(accept: accept, acceptEncoding: coding)
            let expected = Negotiation.format(accept: accept)
            #expect(answer.dialect == expected.format, "seed \(seed)")
            #expect(answer.headers.first { $0.name == "Content-Type" }?.value == expected.contentType)
            #expect(answer.isGzip == Negotiation.acceptsGzip(coding))
            #expect(answer.headers.contains { $0.name == "Content-Encoding" } == answer.isGzip)
        }
    }

    @Test func `the kernel is asked about the process ten times a second at most, and never long ago`() {
        let reads = Mutex(0)
        let families = ScrapeTail(withCreated: false, startTime: 5) {
            let number = reads.withLock { reads in
                reads += 1
                return reads
            }
            return ProcessUsage(
                cpuSeconds: 1,
                openDescriptors: number,
                maximumDescriptors: nil,
                virtualMemoryBytes: nil,
                residentMemoryBytes: nil
            )
        }
        func descriptors(at uptime: Double) -> Bool {
            let text = String(
                decoding: families.bytes(.text004, scrapes: [:], inFlight: 1, uptime: uptime),
                as: UTF8.self
            )
            return text.contains("\nprocess_open_fds \(reads.withLock { $0 })\n")
        }
        for (uptime, count) in [(10, 1), (10.05, 1), (10.0999, 1), (10.1001, 2), (11, 3), (3, 4), (3.01, 4)] {
            #expect(descriptors(at: uptime))
            #expect(reads.withLock { $0 } == count, "at \(uptime)")
        }
    }

    @Test func `the tail says what differs, with created samples for OpenMetrics alone`() {
        let families = ScrapeTail(withCreated: true, startTime: 5) {
            ProcessUsage(
                cpuSeconds: 1.5,
                openDescriptors: nil,
                maximumDescriptors: nil,
                virtualMemoryBytes: 7,
                residentMemoryBytes: nil
            )
        }
        func samples(_ dialect: ExpositionFormat) -> [String] {
            let bytes = families.bytes(dialect, scrapes: [200: 3, 503: 0], inFlight: 2, uptime: 1)
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
                .filter { !$0.hasPrefix("#") }
        }
        let name = "cloudflare_magic_connector_exporter_scrapes"
        let (ok, refused) = ("{code=\"200\"}", "{code=\"503\"}")
        #expect(
            samples(.text004) == [
                "\(name)_total\(ok) 3", "\(name)_total\(refused) 0", "\(name)_in_flight 2",
                "process_cpu_seconds_total 1.5", "process_virtual_memory_bytes 7",
                "process_start_time_seconds 5",
            ]
        )
        #expect(
            samples(.openMetrics100) == [
                "\(name)_total\(ok) 3", "\(name)_created\(ok) 5", "\(name)_total\(refused) 0",
                "\(name)_created\(refused) 5", "\(name)_in_flight 2", "process_cpu_seconds_total 1.5",
                "process_cpu_seconds_created 5", "process_virtual_memory_bytes 7",
                "process_start_time_seconds 5",
            ]
        )
    }
}
