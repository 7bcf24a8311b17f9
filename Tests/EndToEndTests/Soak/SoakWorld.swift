// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Foundation
import TestSupport
import Testing

/// A world in which everything goes wrong on purpose, and whose exporter is watched all the time.
///
/// Between the exporter and the simulator lies a wire that can be cut, and the exporter's clock can be stepped. The
/// pace is fast: a poll and a discovery each second, a rescan every five, and no request longer than one.
final class SoakWorld {
    /// What the exporter may ask in any ten seconds; the simulator blocks the token for asking a tenth more.
    let budget: Int
    let world: World
    let relay: Relay
    let clock: SteppedClock
    let scraper: SoakScraper
    let connectors: [String]
    var report = SoakReport()
    private let began = Date.now
    private var earlierLogLines = 0

    init(connectors count: Int, flags: [String] = [], budget: Int = 500) async throws {
        self.budget = budget
        let world = try await World(
            [
                "--connectors", "\(count)", "--rate-limit", "\(budget + budget / 10)",
                "--rate-limit.window", "10s", "--rate-limit.block", "5s", "--page-limit", "50",
                "--history.speed", "1",
            ] + flags
        )
        self.world = world
        guard let upstream = world.api.split(separator: ":").last.flatMap({ UInt16($0) }) else {
            throw NotInTime(description: "no port in \(world.api)")
        }
        relay = try Relay(to: upstream)
        clock = try await SteppedClock(in: world.directory.path)
        scraper = try SoakScraper()
        connectors = try await world.connectorIDs()
        let written = try String(contentsOfFile: world.configurationFile, encoding: .utf8)
        let configuration =
            written
            .replacing("max_requests: 1000000", with: "max_requests: \(budget)\n  per: 10s")
            .replacing("request_timeout: 2s", with: "request_timeout: 1s")
            .replacing("discovery_interval: 2s", with: "discovery_interval: 1s")
        _ = try world.directory.write(configuration, to: "config.yml")
        try rewriteBaseURL(to: wellBaseURL)
        try await start()
    }

    /// Where the simulator is, by way of the wire.
    var wellBaseURL: String { "http://127.0.0.1:\(relay.port)/client/v4" }

    /// Starts the exporter, and expects every scrape from then on.
    func start() async throws {
        try await world.startExporter(environment: clock.environment())
        scraper.expect(port: Int(world.address.split(separator: ":").last ?? "") ?? 0)
    }

    /// Kills the exporter as a power cut would, and starts it again.
    ///
    /// - Parameter meanwhile: what happens while no process is there.
    /// - Throws: where the process had ended by itself, or does not start again.
    func kill(_ meanwhile: () throws -> Void = {}) async throws {
        scraper.excuse()
        try expectRunning()
        earlierLogLines += logLinesOfProcess
        await world.killExporter()
        report.kills += 1
        try meanwhile()
        try await start()
    }

    /// The process that runs now.
    var process: Int32 { world.exporter?.identifier ?? 0 }

    private var logLinesOfProcess: Int { world.exporter?.errors.utf8.count { $0 == 0x0a } ?? 0 }

    /// Lines that all processes have logged so far.
    var logLines: Int { earlierLogLines + logLinesOfProcess }

    /// A process that is not there has exited by itself: with a status, or by a signal, which is below 0.
    func expectRunning() throws {
        let status = world.exporter?.status
        let log = world.exporter?.errors.suffix(3000) ?? ""
        try #require(status == nil, "the process has exited, status \(status ?? 0): \(log)")
    }

    /// Lets the exporter ask elsewhere from now on.
    func rewriteBaseURL(to url: String) throws {
        let text = try String(contentsOfFile: world.configurationFile, encoding: .utf8)
        let changed = text.replacing(/base_url: \S+/, with: "base_url: \(url)")
        _ = try world.directory.write(changed, to: "config.yml")
        world.exporter?.send(SIGHUP)
    }

    /// Makes things happen: any kind on any connector, most of them now and some of them late.
    func inject(_ count: Int, using random: inout some RandomNumberGenerator) async throws {
        let now = Int(Date.now.timeIntervalSince1970)
        let events = (0..<count).map { _ in
            let kind = EventKind.documented.randomElement(using: &random) ?? .startAttestation
            let time =
                now
                - (Int.random(in: 0..<10, using: &random) == 0 ? Int.random(in: 1...3000, using: &random) : 0)
            return injection(Int.random(in: connectors.indices, using: &random), "\(kind)", at: time)
        }
        try await world.inject("[\(events.joined(separator: ","))]")
        report.events += count
    }

    /// Makes a rekey begin and end, or only some of that.
    ///
    /// - Parameters:
    ///   - kinds: what happens, all of it now.
    ///   - indices: which connectors it happens to; all of them, if that is `nil`.
    /// - Throws: where the simulator does not take it.
    func injectRekeys(
        _ kinds: [String] = ["RekeyStart", "RekeyAdvance", "RekeyComplete"],
        on indices: [Int]? = nil
    ) async throws {
        let now = Int(Date.now.timeIntervalSince1970)
        let events = (indices ?? Array(connectors.indices)).flatMap { index in
            kinds.map { injection(index, $0, at: now) }
        }
        try await world.inject("[\(events.joined(separator: ","))]")
        report.events += events.count
    }

    private func injection(_ index: Int, _ kind: String, at time: Int) -> String {
        #"{"index": \#(index), "kind": "\#(kind)", "t": \#(time), "a": \#(time)}"#
    }

    /// Ends all that goes wrong in the simulator and on the wire.
    func heal() async throws {
        relay.set(.pass)
        try await world.clearFaults()
    }

    /// Waits until the exporter says what an omniscient reader says, of a life that stands still meanwhile.
    func expectTruth(_ what: String, within seconds: Double = 60) async throws {
        try expectRunning()
        try await world.pauseLife()
        var difference = ["nothing was compared"]
        let end = Date.now.addingTimeInterval(seconds)
        while !difference.isEmpty, Date.now < end {
            try await Task.sleep(for: .milliseconds(200))
            // Counts first, which are two requests and not two for each connector.
            guard try await countDifference() == 0 || end.timeIntervalSinceNow < 5 else { continue }
            difference = try await Oracle.difference(world)
        }
        report.checks += 1
        report.differences += difference.count
        try expectRunning()
        try #require(difference == [], "after \(what): \(world.exporter?.errors.suffix(3000) ?? "")")
        try #require(scraper.complaints == [], "after \(what)")
        let answer = try await world.web.send("POST", "\(world.api)/control/life", #"{"paused": false}"#)
        try #require(answer.status < 300)
    }

    /// How many events are counted too few or too many, over all connectors and kinds.
    private func countDifference() async throws -> Int {
        struct Truth: Decodable {
            struct Connector: Decodable {
                let id: String
                let events: Int
                let removed: Bool
            }

            let connectors: [Connector]
        }
        let truth = try await world.control("truth?account=\(World.account)", as: Truth.self)
        let scrape = try await world.scrape()
        return truth.connectors.filter { !$0.removed }.reduce(0) { sum, connector in
            let counted = scrape.sum("\(World.prefix)events_total", "connector_id=\"\(connector.id)\"")
            return sum + abs(Int(counted) - connector.events)
        }
    }

    /// What the simulator says of the requests that it got.
    struct Requests: Decodable {
        let total: Int
        let peak: Int
        let by_fault: [String: Int]
        let by_status: [String: Int]
    }

    func requests() async throws -> Requests { try await world.control("requests", as: Requests.self) }

    /// Notes what is held now, once all is quiet.
    func noteBegin() throws { report.begin = try ProcessState(of: process) }

    /// Sums up, and expects what holds after every soak: memory, descriptors and budget are as they should be.
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
        #expect(scraper.complaints == [])
        #expect(scraper.scrapes > 0)
        let asked = requests.by_fault.filter { $0.key.hasPrefix("status:429") }.values.reduce(0, +)
        // Of several faults that befall one request, one decides its status.
        #expect(requests.by_status["429", default: 0] <= asked, "the token was blocked for asking too much")
        // Requests may arrive a little closer to each other than they were sent.
        #expect(requests.peak <= budget + budget / 10)
        guard let begin = report.begin else { return }
        #expect(end.others == begin.others, "descriptors that are no sockets")
        // Eight connections and four idle ones (CurlTransport), one of the scraper's, one that listens.
        #expect(end.sockets <= 14)
        #expect(end.residentMemory <= begin.residentMemory + Self.memoryAllowance)
        let shown = world.exporter?.errors ?? ""
        #expect(!shown.contains("simulator-token") && !shown.contains("LICENSE"))
    }

    /// What the ledger, the allocator's arenas and libcurl's caches may have grown by.
    static let memoryAllowance = 64 << 20
}
