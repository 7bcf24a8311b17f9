// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import ConnectorSimulator
import Foundation
import TestSupport
import Testing

/// An exporter under faults of every kind, with a scraper that checks it all the time.
///
/// A relay between the exporter and the simulator injects wire faults, and the exporter's clock can be stepped. Polls
/// and discoveries run every second, rescans every five, and requests time out after one.
final class SoakFixture {
    /// The request budget for ten seconds; the simulator blocks the token for a tenth more.
    let budget: Int
    let fixture: ExporterFixture
    let relay: Relay
    let clock: SteppedClock
    let scraper: SoakScraper
    let connectors: [String]
    var report = SoakReport()
    private let began = Date.now
    private var earlierLogLines = 0

    init(connectors count: Int, flags: [String] = [], budget: Int = 500) async throws {
        self.budget = budget
        let fixture = try await ExporterFixture(
            [
                "--connectors", "\(count)", "--rate-limit", "\(budget + budget / 10)",
                "--rate-limit.window", "10s", "--rate-limit.block", "5s", "--page-limit", "50",
                "--history.speed", "1", "--snapshots.interval", "3s",
            ] + flags,
            budget: ["max_requests: \(budget)", "per: 10s"],
            requestTimeout: "1s",
            discoveryInterval: "1s",
            more: "snapshots: { interval: 2s }\nevents_log: { path: events.json }\n"
        )
        self.fixture = fixture
        guard let upstream = fixture.api.split(separator: ":").last.flatMap({ UInt16($0) }) else {
            throw TimeoutError(description: "no port in \(fixture.api)")
        }
        relay = try Relay(to: upstream)
        clock = try await SteppedClock(in: fixture.directory.path)
        scraper = try SoakScraper()
        connectors = try await fixture.connectorIDs()
        try await rewriteBaseURL(to: relayedBaseURL)
        try await start()
    }

    /// The URL of the simulator through the relay.
    var relayedBaseURL: String { "http://127.0.0.1:\(relay.port)/client/v4" }

    /// Starts the exporter, and resumes the checks.
    func start() async throws {
        try await fixture.startExporter(environment: clock.environment())
        scraper.expect(port: fixture.port)
    }

    /// Kills the exporter with SIGKILL, and starts it again.
    ///
    /// - Parameter meanwhile: runs while there is no process.
    /// - Throws: if the process had exited by itself, or does not start again.
    func kill(_ meanwhile: () throws -> Void = {}) async throws {
        scraper.suspendChecks()
        try expectRunning()
        earlierLogLines += logLinesOfProcess
        await fixture.killExporter()
        report.kills += 1
        try meanwhile()
        try await start()
    }

    /// The process id of the exporter.
    var process: Int32 { fixture.exporter?.identifier ?? 0 }

    private var logLinesOfProcess: Int { fixture.exporter?.errors.utf8.count { $0 == 0x0a } ?? 0 }

    /// The number of log lines of all processes so far.
    var logLines: Int { earlierLogLines + logLinesOfProcess }

    /// Requires that the exporter has not exited by itself.
    func expectRunning() throws {
        let status = fixture.exporter?.status
        let log = fixture.exporter?.errors.suffix(3000) ?? ""
        try #require(status == nil, "the process has exited, status \(status ?? 0): \(log)")
    }

    /// Changes the URL of the API, and reloads.
    ///
    /// It waits for the reload, which may follow an earlier one after some seconds only.
    func rewriteBaseURL(to url: String) async throws {
        let text = try String(contentsOfFile: fixture.configurationFile, encoding: .utf8)
        let changed = text.replacing(/base_url: \S+/, with: "base_url: \(url)")
        _ = try fixture.directory.write(changed, to: "config.yml")
        guard let exporter = fixture.exporter else { return }
        let count = lineCount(event: "configuration_reloaded")
        exporter.send(SIGHUP)
        _ = try await eventually("a reload", within: 30) {
            lineCount(event: "configuration_reloaded") > count ? true : nil
        }
    }

    /// Adds random events: any kind on any connector, most of them now and some of them late.
    func inject(_ count: Int, using random: inout some RandomNumberGenerator) async throws {
        let now = Int(Date.now.timeIntervalSince1970)
        let events = (0..<count).map { _ in
            let kind = EventKind.documented.randomElement(using: &random) ?? .startAttestation
            let time =
                now
                - (Int.random(in: 0..<10, using: &random) == 0 ? Int.random(in: 1...3000, using: &random) : 0)
            return injection(Int.random(in: connectors.indices, using: &random), "\(kind)", at: time)
        }
        try await fixture.inject("[\(events.joined(separator: ","))]")
        report.events += count
    }

    /// Adds rekey events with the current time.
    ///
    /// - Parameters:
    ///   - kinds: a complete rekey by default.
    ///   - indices: the connectors; all of them if `nil`.
    /// - Throws: if the simulator rejects an event.
    func injectRekeys(
        _ kinds: [String] = ["RekeyStart", "RekeyAdvance", "RekeyComplete"],
        on indices: [Int]? = nil
    ) async throws {
        let now = Int(Date.now.timeIntervalSince1970)
        let events = (indices ?? Array(connectors.indices)).flatMap { index in
            kinds.map { injection(index, $0, at: now) }
        }
        try await fixture.inject("[\(events.joined(separator: ","))]")
        report.events += events.count
    }

    private func injection(_ index: Int, _ kind: String, at time: Int) -> String {
        #"{"index": \#(index), "kind": "\#(kind)", "t": \#(time), "a": \#(time)}"#
    }

    /// Clears the faults of the simulator and of the relay.
    func clearAllFaults() async throws {
        relay.set(.pass)
        try await fixture.clearFaults()
    }

    /// Pauses the generation of events, and waits until every series matches the oracle.
    func expectMatchesOracle(_ what: String, within seconds: Double = 60) async throws {
        try expectRunning()
        try await fixture.pauseEvents()
        var differences = ["nothing was compared"]
        let end = Date.now.addingTimeInterval(seconds)
        while !differences.isEmpty, Date.now < end {
            try await Task.sleep(for: .milliseconds(200))
            // Comparing the counts takes two requests, comparing all series two for each connector.
            guard try await countDifference() == 0 || end.timeIntervalSinceNow < 5 else { continue }
            differences = try await Oracle.differences(fixture)
        }
        report.checks += 1
        report.differences += differences.count
        try expectRunning()
        try #require(differences == [], "after \(what): \(fixture.exporter?.errors.suffix(3000) ?? "")")
        try #require(scraper.violations == [], "after \(what)")
        try await expectMatchesEvents(what)
        try await fixture.resumeEvents()
    }

    /// Compares the events of the ledger, and those of the events log, with all events of the simulator.
    private func expectMatchesEvents(_ what: String) async throws {
        let truth = try await EventFields.all(of: fixture)
        let result = try await fixture.command([
            "events", "--json", "--storage.path", fixture.directory.file("data"),
        ])
        let events = try EventFields.parse(result.output)
        try #require(events.count == truth.count, "after \(what): \(result.errors)")
        try #require(Set(events.map(\.key)) == Set(truth.map(\.key)), "after \(what)")
        // A lost ledger makes lines come twice, and none is missing.
        _ = try await eventually("all events in the log after \(what)", within: 90) { () -> Bool? in
            let path = fixture.directory.file("events.json")
            guard let log = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
            return Set(try EventFields.parse(log).map(\.key)).isSuperset(of: truth.map(\.key)) ? true : nil
        }
    }

    /// Returns the sum of all deviations of event counts.
    private func countDifference() async throws -> Int {
        struct GroundTruth: Decodable {
            struct Connector: Decodable {
                let id: String
                let events: Int
                let removed: Bool
            }

            let connectors: [Connector]
        }
        let groundTruth = try await fixture.control(
            "truth?account=\(ExporterFixture.account)",
            as: GroundTruth.self
        )
        let scrape = try await fixture.scrape()
        return groundTruth.connectors.filter { !$0.removed }.reduce(0) { sum, connector in
            let counted = scrape.sum(
                "\(ExporterFixture.prefix)events_total",
                "connector_id=\"\(connector.id)\""
            )
            return sum + abs(Int(counted) - connector.events)
        }
    }

    /// The request statistics of the simulator.
    struct Requests: Decodable {
        let total: Int
        let peak: Int
        let by_fault: [String: Int]
        let by_status: [String: Int]
    }

    func requests() async throws -> Requests { try await fixture.control("requests", as: Requests.self) }

    /// Records the resources of the idle process, to compare with at the end.
    func recordBaseline() throws { report.begin = try ProcessState(of: process) }

    /// Prints the report, and checks memory, descriptors, the budget and the log.
    func finish() async throws {
        let requests = try await requests()
        report.seconds = -began.timeIntervalSinceNow
        report.faults.merge(requests.by_fault) { $0 + $1 }
        report.requests = requests.total
        report.peak = requests.peak
        report.scrapes = scraper.scrapes
        report.logLines = logLines
        let end = try ProcessState(of: process)
        report.end = end
        print(report)
        #expect(scraper.violations == [])
        #expect(scraper.scrapes > 0)
        // The ledger contains the spent budget, so a lost ledger begins with a full one.
        let lostLedgers = report.faults.filter { name, _ in
            ["storageDeleted", "ledgerDamaged", "ledgerDamagedAtStart"].contains {
                name == "disruption:\($0)"
            }
        }
        let injected = requests.by_fault.filter { $0.key.hasPrefix("status:429") }.values.reduce(0, +)
        // If several faults apply to a request, one decides its status.
        if lostLedgers.isEmpty {
            #expect(requests.by_status["429", default: 0] <= injected, "the exporter exceeded its budget")
        }
        // libcurl repeats a request if a reused connection is reset before the first byte of the response.
        let resets = report.faults.filter { $0.key.contains("reset") }.values.reduce(0, +)
        #expect(requests.peak <= (lostLedgers.isEmpty ? 1 : 2) * budget + resets)
        guard let begin = report.begin else { return }
        #expect(end.others == begin.others, "descriptors other than sockets")
        #expect(end.sockets <= begin.sockets + Self.socketAllowance)
        #expect(end.residentMemory <= begin.residentMemory + Self.memoryAllowance)
        let log = fixture.exporter?.errors ?? ""
        #expect(!log.contains("simulator-token") && !log.contains("LICENSE"))
    }

    /// Connections to the API, used and idle, and those of the scraper come and go.
    static let socketAllowance = 14

    /// Growth of the ledger's cache, the allocator's arenas and libcurl's caches, in bytes.
    static let memoryAllowance = 64 << 20
}
