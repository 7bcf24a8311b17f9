// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import HTTPEndpoint
import LinuxSystem
import Logging
import Polling
import TestSupport
import Testing

@testable import Exporter

@Suite(.timeLimit(.minutes(1))) struct ReloadRouteTests {
    private struct NoHealth: HealthSource {
        var isHealthy: Bool { true }
        var isReady: Bool { true }
    }

    private let queue = ReloadQueue()

    /// Returns the response to a request, or `nil` if it waits for a reload.
    private func response(
        _ method: String,
        _ headers: [(name: String, value: String)] = [],
        isEnabled: Bool = true
    ) -> Response? {
        let publisher = Publisher(
            settings: FamilySettings(
                stuckAfter: StuckThresholds(),
                failureRatioWindows: [],
                forgetTunnelsAfter: 604_800
            ),
            statistics: PollStatistics(),
            withExporterFamilies: false,
            withCreated: false,
            startTime: nil,
            clock: SystemClock()
        )
        let routes = Routes(
            telemetryPath: "/metrics",
            metrics: MetricsRoute(
                publisher: publisher,
                scrapes: ScrapeCounter(),
                maxRequests: 0,
                tail: nil,
                clock: SystemClock()
            ),
            pages: PageRoutes(
                telemetryPath: "/metrics",
                dashboardURL: nil,
                storagePath: "",
                clock: SystemClock(),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ) { await publisher.fleetSnapshot() },
            health: NoHealth(),
            reloads: queue,
            isLifecycleEnabled: isEnabled
        )
        let responses = Events<Response>()
        routes.handler(
            Request(method: method, path: "/-/reload", headers: Headers(headers)),
            Responder { responses.record($0) }
        )
        return responses.pending.first
    }

    @Test(arguments: ["POST", "PUT"]) func `a reload requires the flag`(method: String) async throws {
        let refused = try #require(response(method, isEnabled: false))
        #expect(refused.status == 403)
        let text = String(decoding: refused.body.flatMap(\.self), as: UTF8.self)
        #expect(text.contains("--web.enable-lifecycle"))
        #expect(response(method) == nil)
        #expect(await queue.next()?.responders.count == 1)
    }

    @Test func `a reload requires POST or PUT`() {
        #expect(response("GET")?.status == 405)
        #expect(response("DELETE")?.status == 405)
    }

    @Test(
        arguments: [
            ([], true), ([("Sec-Fetch-Site", "same-origin")], true), ([("Sec-Fetch-Site", "none")], true),
            ([("Sec-Fetch-Site", "cross-site")], false), ([("Sec-Fetch-Site", "same-site")], false),
            ([("Sec-Fetch-Site", "")], false),
            ([("Sec-Fetch-Site", "none"), ("Sec-Fetch-Site", "cross-site")], false),
            ([("Host", "a.example:1"), ("Origin", "http://a.example:1")], true),
            ([("Host", "A.example"), ("Origin", "https://a.Example")], true),
            ([("Host", "a.example"), ("Origin", "http://a.example:1")], false),
            ([("Host", "a.example"), ("Origin", "http://evil.example")], false),
            ([("Host", "a.example"), ("Origin", "null")], false),
            ([("Origin", "http://a.example")], false),
            ([("Host", "a"), ("Origin", "http://a"), ("Sec-Fetch-Site", "cross-site")], false),
        ] as [([(String, String)], Bool)]
    )
    func `a page of another site cannot reload`(headers: [(String, String)], isAllowed: Bool) {
        let response = response("POST", headers.map { (name: $0.0, value: $0.1) })
        #expect(response?.status == (isAllowed ? nil : 403))
    }

    @Test func `further clients get 503 while 64 wait for a reload`() async {
        for _ in 0..<64 { #expect(response("POST") == nil) }
        #expect(response("POST")?.status == 503)
        #expect(await queue.next()?.responders.count == 64)
    }
}
