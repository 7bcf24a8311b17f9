// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The limits and flags against misuse of the endpoint, in the real program.
@Suite(.timeLimit(.minutes(5))) struct EndpointLimitsTests {
    private static func status(_ message: String, port: Int) async throws -> Int {
        try await onThread {
            let client = try RawHTTPClient(port: port)
            try client.send(message)
            return try client.response().status
        }
    }

    @Test func `allows only listed hosts, except for health checks`() async throws {
        let fixture = try await ExporterFixture(["--life.speed", "0"])
        try await fixture.startExporter([
            "--web.allowed-host", "exporter.example", "--web.allowed-host", "127.0.0.1",
        ])
        let (port, own) = (fixture.port, "127.0.0.1:\(fixture.port)")
        for (host, path, expected) in [
            (own, "/metrics", 200), ("Exporter.example", "/", 200), ("evil.example", "/metrics", 421),
            ("evil.example", "/", 421), ("evil.example", "/-/healthy", 200),
        ] {
            let status = try await Self.status("GET \(path) HTTP/1.1\r\nHost: \(host)\r\n\r\n", port: port)
            #expect(status == expected, "\(host) \(path)")
        }
    }

    @Test func `rejects request bodies`() async throws {
        let fixture = try await ExporterFixture(["--life.speed", "0"])
        try await fixture.startExporter()
        for (fields, expected) in [
            ("Content-Length: 1\r\n", 413), ("Transfer-Encoding: chunked\r\n", 413),
            ("Content-Length: 0\r\n", 405),
        ] {
            let message = "POST /metrics HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
            #expect(try await Self.status(message, port: fixture.port) == expected)
        }
    }

    @Test func `raises the limit of open files`() async throws {
        let fixture = try await ExporterFixture(["--life.speed", "0"])
        try await fixture.startExporter()
        var limit = rlimit()
        _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let scrape = try await fixture.scrape()
        #expect(scrape["process_max_fds"] == Double(limit.rlim_max))
    }
}
