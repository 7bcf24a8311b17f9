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

struct MetricsRouteTests {
    private static let settings = FamilySettings(
        stuckAfter: .init(),
        failureRatioWindows: [],
        forgetTunnelsAfter: 604_800
    )

    private static func route(maxRequests: Int = 40, tail: ScrapeTail? = nil) -> MetricsRoute {
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
            tail: tail,
            clock: SystemClock()
        )
    }

    private static func scrape(_ route: MetricsRoute, _ headers: [(name: String, value: String)] = []) throws
        -> Response
    {
        let responses = Events<Response>()
        route.handle(
            Request(path: "/metrics", headers: Headers(headers)),
            Responder { response in responses.record(response) }
        )
        return try responses.next()
    }

    @Test func `responds with 503 above the limit of concurrent scrapes`() throws {
        let route = Self.route(maxRequests: 2)
        let first = try Self.scrape(route)
        #expect(first.status == 200)
        #expect(try Self.scrape(route).status == 200)
        #expect(try Self.scrape(route).status == 503)
        first.onFinish?(.aborted)
        #expect(try Self.scrape(route).status == 200)
        #expect(route.scrapes.snapshot.codes == [200: 1, 500: 0, 503: 1])
    }

    @Test func `a stalled scrape releases its permit once, and is still counted`()
        throws
    {
        let route = Self.route(maxRequests: 1)
        let unread = try Self.scrape(route)
        #expect(try Self.scrape(route).status == 503)
        unread.onStall?()
        #expect(route.scrapes.snapshot.inFlight == 0)
        #expect(try Self.scrape(route).status == 200)
        unread.onStall?()
        unread.onFinish?(.sent)
        #expect(route.scrapes.snapshot.inFlight == 1)
        #expect(try Self.scrape(route).status == 503)
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
    func `uses the scrape timeout of Prometheus if it is valid`(header: String, seconds: Double?)
        throws
    {
        let response = try Self.scrape(Self.route(), [("X-Prometheus-Scrape-Timeout-Seconds", header)])
        #expect(response.timeLimit == seconds.map { .seconds($0) })
    }

    @Test func `sets no time limit without a scrape timeout`() throws {
        #expect(try Self.scrape(Self.route()).timeLimit == nil)
    }

    @Test(
        arguments: [
            (nil, nil), ("*/*", "gzip"), ("text/plain;version=1.0.0", "gzip;q=0"),
            ("application/openmetrics-text", "*"),
            (String(repeating: "a,", count: 2000) + "application/openmetrics-text", "gzip"),
        ] as [(String?, String?)]
    )
    func `the response has the negotiated format and encoding`(accept: String?, encoding: String?) throws {
        let fields = [("Accept", accept), ("Accept-Encoding", encoding)]
        let response = try Self.scrape(
            Self.route(),
            fields.compactMap { name, value in value.map { (name: name, value: $0) } }
        )
        let headers = Dictionary(response.headers.map { ($0.name, $0.value) }) { $1 }
        #expect(headers["Content-Type"] == Negotiation.format(accept: accept).contentType)
        #expect(headers["Content-Encoding"] == (Negotiation.acceptsGzip(encoding) ? "gzip" : nil))
        #expect(headers["Vary"] == "Accept, Accept-Encoding")
    }

    @Test func `reads the resources of the process at most ten times per second`() {
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

    @Test func `the tail has created samples only in OpenMetrics`() {
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
