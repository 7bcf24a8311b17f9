// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Foundation
import TestSupport
import Testing

/// An exporter that two Prometheus servers with different intervals scrape, and that ends in hostile ways.
final class IncreaseFixture {
    /// How a process of the exporter ends.
    enum Ending: CaseIterable {
        case kill, terminate, powerFailure
    }

    static let family = "\(ExporterFixture.prefix)events_total"

    let fixture: ExporterFixture
    private let power: PowerFailure

    /// The second address of the exporter, so that the servers, which both run here, have different peer addresses.
    private let secondAddress: String

    private(set) var servers: [PrometheusServer] = []

    /// The number of files that lost data in power failures.
    private(set) var lostFiles = 0

    init() async throws {
        fixture = try await ExporterFixture(
            ["--connectors", "2", "--life.speed", "0", "--history", "10m"],
            polling: ["overlap: 10m"]
        )
        power = try await PowerFailure(
            of: fixture.directory.file("data"),
            in: fixture.directory.path
        )
        secondAddress = "[::1]:\(try await PrometheusServer.freePort(in: fixture))"
        try await start()
        try await fixture.expectMatchesOracle()
        servers = [
            try await PrometheusServer(scraping: fixture, interval: 1, name: "fast"),
            try await PrometheusServer(scraping: fixture, at: secondAddress, interval: 2, name: "slow"),
        ]
        try await expectScrape()
    }

    private func start() async throws {
        try await fixture.startExporter(
            ["--web.listen-address", secondAddress],
            environment: power.environment
        )
    }

    /// Adds an event of each kind to each connector, with the current time or, for `HaError`, from a fast clock.
    func inject(_ kinds: [String]) async throws {
        let now = Int(Date.now.timeIntervalSince1970)
        var events: [String] = []
        for index in 0..<2 {
            for kind in kinds {
                // Only the list of the newest events contains an event so far ahead.
                let time = kind == "HaError" ? now + 1200 : now
                events.append(#"{"index": \#(index), "kind": "\#(kind)", "t": \#(time), "a": \#(now)}"#)
            }
        }
        try await fixture.inject("[\(events.joined(separator: ","))]")
    }

    /// Lets the disk of the running process be full, as far as the kernel can.
    func fillDisk() async throws {
        let result = try await ChildProgram.run(
            "prlimit",
            ["--pid", "\(fixture.exporter?.identifier ?? 0)", "--fsize=0:"],
            in: fixture.directory.path
        )
        try #require(result.status == 0, "\(result.errors)")
    }

    /// Waits until a poll has failed because of the storage.
    func expectFailingStorage() async throws {
        _ = try await eventually("storage_failing") {
            fixture.logLines(event: "storage_failing").isEmpty ? nil : true
        }
    }

    /// Ends the exporter, and starts it again with a disk that has space.
    ///
    /// Both servers scrape it before its first poll succeeds, so that they see what the ledger contains.
    func restart(after ending: Ending) async throws {
        if ending == .terminate {
            fixture.exporter?.send(SIGTERM)
            _ = await fixture.exporter?.end()
        }
        await fixture.killExporter()
        if ending == .powerFailure { lostFiles += try power.apply() }
        try await fixture.setFaults(#"[{"kind":"status","param":"500","endpoint":"events"}]"#)
        try await start()
        try await expectScrape()
        try await fixture.clearFaults()
    }

    /// Waits until the exporter has counted every event.
    func expectCounted() async throws { try await fixture.expectMatchesOracle() }

    /// Waits until each server has scraped what the exporter exposes now, or later.
    func expectScrape() async throws {
        let start = Date.now.timeIntervalSince1970
        for server in servers {
            _ = try await eventually("a scrape") { () -> Bool? in
                let times = try await server.query("timestamp(up)")
                guard times.contains(where: { $0 > start }) else { return nil }
                return try await server.query("up") == [1] ? true : nil
            }
        }
    }

    /// Returns how the scraped counters differ from the simulator's events, for each server.
    ///
    /// The first sample and the increase after it must be the number of events. The series of an undocumented kind must
    /// begin at 0. The increase is the sum that `increase()` computes before it extrapolates to the ends of its range: a
    /// value below the previous one is a counter reset, after which the whole value counts.
    func differences() async throws -> [String] {
        struct GroundTruth: Decodable {
            struct Connector: Decodable {
                let id: String
                let counts: [String: Int]
            }

            let connectors: [Connector]
        }

        let path = "truth?account=\(ExporterFixture.account)"
        let connectors = try await fixture.control(path, as: GroundTruth.self).connectors
        var differences: [String] = []
        for (number, server) in servers.enumerated() {
            let series = try await server.samples(Self.family)
            for connector in connectors {
                for (kind, count) in connector.counts {
                    let values = series.first { labels, _ in
                        labels["connector_id"] == connector.id && labels["kind"] == kind
                    }?.value
                    let isNew = !EventKind.documented.contains(EventKind(rawValue: kind))
                    let first = isNew ? 0 : values?.first ?? 0
                    guard first + Self.increase(of: values ?? []) != Double(count) else { continue }
                    differences.append("server \(number), \(kind): \(count) events, scraped \(values ?? [])")
                }
            }
        }
        return differences
    }

    private static func increase(of values: [Double]) -> Double {
        zip(values, values.dropFirst()).reduce(0) { sum, pair in
            sum + (pair.1 < pair.0 ? pair.1 : pair.1 - pair.0)
        }
    }
}
