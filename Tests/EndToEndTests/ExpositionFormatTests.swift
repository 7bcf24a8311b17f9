// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The whole output, read by parsers that others wrote.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `Both dialects` {
    private static let prometheus2 =
        "Accept: application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
        + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"

    /// Reads a body as the reference implementation of OpenMetrics does, and tells about created samples.
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

    private func whole(_ world: World) async throws {
        _ = try await eventually("the whole output") {
            try await world.scrape().count("\(World.prefix)rekey_duration_seconds_count") > 0 ? true : nil
        }
    }

    private func openMetrics(_ world: World) async throws -> String {
        let answer = try await world.web.ask("\(world.address)/metrics", ["--header", Self.prometheus2])
        try #require(answer.status == 200)
        #expect(answer.body.hasSuffix("# EOF\n"))
        return answer.body
    }

    private func read(_ body: String, in world: World) async throws -> Command.Ending {
        let file = try world.directory.write(body, to: "metrics.om")
        return try await Command.run("/usr/bin/python3", ["-c", Self.reader, file], in: world.directory.path)
    }

    @Test func `Python's parser of OpenMetrics reads the whole output, which has no created samples`()
        async throws
    {
        let world = try await World(["--unknown-kinds", "0.05"])
        try await world.startExporter()
        try await whole(world)
        let body = try await openMetrics(world)
        #expect(!body.contains("_created"))
        let ending = try await read(body, in: world)
        #expect(ending.status == 0, "\(ending.errors)")
        #expect(ending.output.hasPrefix("0 "))
    }

    @Test func `with created samples, every counter says when it began, and says the same after a restart`()
        async throws
    {
        let world = try await World(["--unknown-kinds", "0.05"])
        try await world.startExporter(["--web.enable-created-samples"])
        try await whole(world)
        let before = try await openMetrics(world)
        let ending = try await read(before, in: world)
        #expect(ending.status == 0, "\(ending.errors)")
        let numbers = ending.output.split(whereSeparator: \.isWhitespace)
        #expect(numbers.count == 2 && numbers[0] == numbers[1], "\(ending.output)")

        let text = try await world.scrape().text
        #expect(!text.contains("_created"))
        let file = try world.directory.write(text, to: "metrics.prom")
        let check = try await Command.run(
            "sh",
            ["-c", "promtool check metrics < \(file)"],
            in: world.directory.path
        )
        #expect(check.status == 0, "\(check.output + check.errors)")

        await world.killExporter()
        try await world.startExporter(["--web.enable-created-samples"])
        try await whole(world)
        let after = try await openMetrics(world)
        let kept = Self.created(in: before)
        #expect(kept.count > 100)
        // A kind or a tunnel may have come between; what was there says what it said.
        for (series, value) in Self.created(in: after) where kept[series] != nil {
            #expect(kept[series] == value, "\(series)")
        }
        #expect(Set(kept.keys).isSubset(of: Self.created(in: after).keys))
    }

    /// The created samples of what survives a restart.
    private static func created(in body: String) -> [Substring: Substring] {
        var created: [Substring: Substring] = [:]
        for line in body.split(separator: "\n")
        where line.contains("_created") && line.contains("account_id=") {
            guard let space = line.lastIndex(of: " ") else { continue }
            created[line[..<space]] = line[space...]
        }
        return created
    }

    @Test func `an Accept header gets what it asks for, and HEAD the same without the body`() async throws {
        let world = try await World()
        try await world.startExporter()
        try await whole(world)
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
                let answer = try await world.web.ask(
                    "\(world.address)/metrics",
                    options + ["--output", "answer"]
                )
                #expect(answer.status == 200)
                let bytes = try Data(contentsOf: URL(filePath: world.directory.file("answer")))
                let head = String(decoding: bytes.prefix(2000), as: UTF8.self)
                #expect(head.contains("\r\nContent-Type: \(type)\r\n"), "\(head.prefix(500))")
                #expect(head.contains("\r\nContent-Encoding: gzip\r\n"))
                #expect(head.contains("\r\nContent-Length: "))
                #expect((bytes.count > 2000) == (method.count == 3))
            }
        }
    }
}
