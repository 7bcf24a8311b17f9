// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The subcommands `connectors` and `forget`.
@Suite(.timeLimit(.minutes(5))) struct ConnectorCommandTests {
    private struct Summary: Decodable {
        let connector_id: String
        let serial_number: String
        let site_name: String
        let state: String
        let problems: [String]
        let events: Int
    }

    private func run(_ fixture: ExporterFixture, _ arguments: String...) async throws -> ChildProgram.Result {
        try await fixture.command(arguments + ["--storage.path", fixture.directory.file("data")])
    }

    @Test func `lists the connectors with their problems, as a table and as JSON`() async throws {
        let fixture = try await ExporterFixture(["--life.speed", "0"], polling: ["overlap: 10m"])
        try await fixture.startExporter()
        try await fixture.inject(#"{"index": 1, "kind": "FinishAttestationFailure"}"#)
        try await fixture.expectMatchesOracle()
        let result = try await run(fixture, "connectors", "--json")
        #expect(result.status == 0, "\(result.errors)")
        let summaries = try result.output.split(separator: "\n").map {
            try JSONDecoder().decode(Summary.self, from: Data($0.utf8))
        }
        let ids = try await fixture.connectorIDs()
        #expect(Set(summaries.map(\.connector_id)) == Set(ids))
        let failed = try #require(summaries.first { $0.connector_id == ids[1] })
        #expect(failed.problems.contains { $0.hasPrefix("attestation failed") })
        #expect(failed.state == "warning" || failed.state == "critical")
        let truth = try await EventFields.all(of: fixture)
        for summary in summaries {
            #expect(summary.events == truth.count { $0.connector == summary.connector_id })
        }
        let table = try await run(fixture, "connectors", "--connector", failed.serial_number)
        let lines = table.output.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines.first?.hasPrefix("SERIAL NUMBER  CONNECTOR ") == true)
        #expect(lines.last?.hasPrefix("\(failed.serial_number) ") == true)
        #expect(lines.last?.contains("attestation failed") == true)
    }

    @Test func `forgets a tunnel while the exporter runs, and not a connector that Cloudflare lists`()
        async throws
    {
        let fixture = try await ExporterFixture(
            ["--life.speed", "0"],
            discoveryInterval: "1s",
            polling: ["overlap: 10m"]
        )
        try await fixture.startExporter()
        try await fixture.inject(#"{"index": 0, "kind": "RekeyStart", "tunnel_id": "deleted"}"#)
        let series = {
            try await fixture.scrape().samples.keys.filter { $0.contains(#"tunnel_id="deleted""#) }
        }
        _ = try await eventually("the tunnel's series") { try await series().isEmpty ? nil : true }
        let connector = try await fixture.connectorIDs()[0]
        let unknown = try await run(fixture, "forget", "tunnel", connector, "another")
        #expect(unknown.status == 1)
        #expect(unknown.errors.contains("deleted"), "\(unknown.errors)")
        let result = try await run(fixture, "forget", "tunnel", connector, "deleted")
        #expect(result.status == 0, "\(result.errors)")
        _ = try await eventually("the end of the series") { try await series().isEmpty ? true : nil }
        #expect(fixture.logLines(event: "tunnel_forgotten").count == 1)
        let listed = try await run(fixture, "forget", "connector", connector)
        #expect(listed.status == 1)
        #expect(listed.errors.contains("Cloudflare still lists it"))
        try await fixture.expectMatchesEvents()
    }
}

extension ExporterFixture {
    /// Runs a subcommand of the exporter.
    func command(_ arguments: [String]) async throws -> ChildProgram.Result {
        try await ChildProgram.run(
            "\(ChildProgram.products)/magic-connector-exporter",
            arguments,
            in: directory.path
        )
    }

    /// Compares the number of counted events with the simulator's.
    fileprivate func expectMatchesEvents() async throws {
        let truth = try await EventFields.all(of: self)
        #expect(try await scrape().sum("\(Self.prefix)events_total") == Double(truth.count))
    }
}
