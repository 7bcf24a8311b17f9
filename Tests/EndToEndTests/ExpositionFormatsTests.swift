// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The complete exposition, read by independent parsers.
@Suite(.serialized, .timeLimit(.minutes(5))) struct ExpositionFormatsTests {
    private static let prometheus2 =
        "Accept: application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"

    /// Parses a body with the reference implementation of OpenMetrics, and prints the number of families with created
    /// samples and of those that may have them.
    private static let reader = """
        import pathlib, sys
        from prometheus_client.openmetrics.parser import text_string_to_metric_families
        families = list(text_string_to_metric_families(pathlib.Path(sys.argv[1]).read_text()))
        counted = [f for f in families if f.type in ("counter", "histogram")]
        assert len(families) > 30 and len(counted) > 10, (len(families), len(counted))
        created = {f.name: {tuple(s.labels.items()): s.value for s in f.samples if s.name.endswith("_created")}
                   for f in counted}
        for family in counted:
            series = {tuple((k, v) for k, v in s.labels.items() if k != "le") for s in family.samples}
            assert len(created[family.name]) in (0, len(series)), family.name
        print(sum(len(c) > 0 for c in created.values()), len(counted))
        """

    private func waitForAllFamilies(_ fixture: ExporterFixture) async throws {
        _ = try await eventually("all families") {
            try await fixture.scrape().count("\(ExporterFixture.prefix)rekey_duration_seconds_count") > 0
                ? true : nil
        }
    }

    private func openMetrics(_ fixture: ExporterFixture) async throws -> String {
        let response = try await fixture.http.curl(
            "\(fixture.address)/metrics",
            ["--header", Self.prometheus2]
        )
        try #require(response.status == 200)
        #expect(response.body.hasSuffix("# EOF\n"))
        return response.body
    }

    private func read(_ body: String, in fixture: ExporterFixture) async throws -> ChildProgram.Result {
        let file = try fixture.directory.write(body, to: "metrics.om")
        return try await ChildProgram.run(
            "/usr/bin/python3",
            ["-c", Self.reader, file],
            in: fixture.directory.path
        )
    }

    @Test func `the reference parser reads the OpenMetrics output, which has no created samples`()
        async throws
    {
        let fixture = try await ExporterFixture(["--unknown-kinds", "0.05"])
        try await fixture.startExporter()
        try await waitForAllFamilies(fixture)
        let body = try await openMetrics(fixture)
        #expect(!body.contains("_created"))
        let result = try await read(body, in: fixture)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output.hasPrefix("0 "))
    }

    @Test func `created samples exist for every counter and survive a restart`()
        async throws
    {
        // The counters of snapshots start at the boot of the connector, and not before the first snapshot poll.
        let fixture = try await ExporterFixture(
            ["--unknown-kinds", "0.05"],
            more: "snapshots: { enabled: false }\n"
        )
        try await fixture.startExporter(["--web.enable-created-samples"])
        try await waitForAllFamilies(fixture)
        let before = try await openMetrics(fixture)
        let result = try await read(before, in: fixture)
        #expect(result.status == 0, "\(result.errors)")
        let numbers = result.output.split(whereSeparator: \.isWhitespace)
        #expect(numbers.count == 2 && numbers[0] == numbers[1], "\(result.output)")

        let text = try await fixture.scrape().text
        #expect(!text.contains("_created"))
        let file = try fixture.directory.write(text, to: "metrics.prom")
        let check = try await ChildProgram.run(
            "sh",
            ["-c", "promtool check metrics < \(file)"],
            in: fixture.directory.path
        )
        #expect(check.status == 0, "\(check.output + check.errors)")

        await fixture.killExporter()
        try await fixture.startExporter(["--web.enable-created-samples"])
        try await waitForAllFamilies(fixture)
        let after = try await openMetrics(fixture)
        let former = Self.created(in: before)
        #expect(former.count > 100)
        // A kind or a tunnel may have appeared in between.
        for (series, value) in Self.created(in: after) where former[series] != nil {
            #expect(former[series] == value, "\(series)")
        }
        #expect(Set(former.keys).isSubset(of: Self.created(in: after).keys))
    }

    /// Returns the created samples of series that survive a restart.
    private static func created(in body: String) -> [Substring: Substring] {
        var created: [Substring: Substring] = [:]
        for line in body.split(separator: "\n")
        where line.contains("_created") && line.contains("account_id=") && !line.contains("_exporter_") {
            guard let space = line.lastIndex(of: " ") else { continue }
            created[line[..<space]] = line[space...]
        }
        return created
    }

    @Test func `negotiates format and compression, and HEAD has the same headers`() async throws {
        let fixture = try await ExporterFixture()
        try await fixture.startExporter()
        try await waitForAllFamilies(fixture)
        let types = [
            (Self.prometheus2, "application/openmetrics-text; version=1.0.0; charset=utf-8"),
            ("Accept:", "text/plain; version=0.0.4; charset=utf-8"),
            ("Accept: ;;q=\"", "text/plain; version=0.0.4; charset=utf-8"),
            (
                "Accept: text/plain;version=1.0.0;escaping=allow-utf-8",
                "text/plain; version=1.0.0; charset=utf-8; escaping=allow-utf-8"
            ),
        ]
        for (accept, type) in types {
            for method in [["--request", "GET", "--include"], ["--head"]] {
                let options =
                    method + ["--header", accept, "--header", "Accept-Encoding: identity;q=0, gzip;q=0.1"]
                let response = try await fixture.http.curl(
                    "\(fixture.address)/metrics",
                    options + ["--output", "answer"]
                )
                #expect(response.status == 200)
                let bytes = try Data(contentsOf: URL(filePath: fixture.directory.file("answer")))
                let head = String(decoding: bytes.prefix(2000), as: UTF8.self)
                #expect(head.contains("\r\nContent-Type: \(type)\r\n"), "\(head.prefix(500))")
                #expect(head.contains("\r\nContent-Encoding: gzip\r\n"))
                #expect(head.contains("\r\nContent-Length: "))
                #expect((bytes.count > 2000) == (method.count == 3))
            }
        }
    }
}
