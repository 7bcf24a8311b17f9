// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The subcommand `check` against the simulator.
@Suite(.timeLimit(.minutes(5))) struct CheckTests {
    private struct Report: Decodable {
        struct Finding: Decodable {
            let ok: Bool
            let count: Int?
        }

        let account_id: String
        let token: Finding
        let connectors: Finding
        let sites: Finding
        let events: Finding
        let snapshots: Finding
        let poll_interval_seconds: Double
    }

    private func check(_ fixture: ExporterFixture, _ flags: String...) async throws -> ChildProgram.Result {
        try await ChildProgram.run(
            "\(ChildProgram.products)/magic-connector-exporter",
            ["check", "--config.file", fixture.configurationFile] + flags,
            in: fixture.directory.path
        )
    }

    @Test func `reports what a valid token may read`() async throws {
        let fixture = try await ExporterFixture(["--life.speed", "0"])
        let result = try await check(fixture, "--json")
        #expect(result.status == 0, "\(result.errors)")
        let report = try JSONDecoder().decode(Report.self, from: Data(result.output.utf8))
        #expect(report.account_id == ExporterFixture.account)
        #expect(report.token.ok && report.sites.ok && report.events.ok && report.snapshots.ok)
        #expect(report.connectors.count == 4)
        #expect(report.poll_interval_seconds == 1)
        let text = try await check(fixture)
        #expect(text.status == 0)
        #expect(text.output.contains("connectors     4\n"), "\(text.output)")
        #expect(text.output.contains("\n  clock          "), "\(text.output)")
    }

    @Test func `exits with status 1 and the remedy if the token is invalid`() async throws {
        let fixture = try await ExporterFixture(["--life.speed", "0"])
        _ = try fixture.directory.write("wrong\n", to: "token")
        let result = try await check(fixture)
        #expect(result.status == 1)
        #expect(result.output.contains("connectors     failed: "), "\(result.output)")
        #expect(result.errors.contains("token"), "\(result.errors)")
        #expect(!result.errors.contains("wrong"))
    }
}
