// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Exit status and errors of a start with bad input, and of reloads.
@Suite(.timeLimit(.minutes(5))) struct StartupTests {
    private static let account = "accounts:\n  - account_id: \"00000000000000000000000000000001\"\n"

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let configuration: String?
        var arguments: [String] = []
        var environment: [String: String] = [:]
        let error: String

        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "missing file",
            configuration: nil,
            arguments: ["--config.file", "nowhere.yml"],
            error: "nowhere.yml"
        ),
        Case(name: "bad YAML", configuration: "accounts: [", error: "config.yml:"),
        Case(
            name: "unknown key",
            configuration: account + "    api_token_file: token\npoling: {}\n",
            error: "config.yml:4: poling: unknown key; did you mean polling?"
        ),
        Case(
            name: "bad duration",
            configuration: account + "    api_token_file: token\npolling:\n  interval: 1x\n",
            error: "config.yml:5: polling.interval: is not a duration; write it like 90s, 5m or 1h30m"
        ),
        Case(
            name: "empty token file",
            configuration: account + "    api_token_file: empty\n",
            error: "api_token_file: names a file without an API token"
        ),
        Case(
            name: "missing token file",
            configuration: account + "    api_token_file: gone\n",
            error: "api_token_file: cannot be read: No such file or directory"
        ),
        Case(
            name: "no token in the environment",
            configuration: nil,
            error: "CLOUDFLARE_API_TOKEN is not set"
        ),
        Case(
            name: "http to another host",
            configuration: account + "    api_token_file: token\napi:\n  base_url: http://example.com/\n",
            error: "config.yml:5: api.base_url: "
        ),
        Case(
            name: "storage path that is a file",
            configuration: account + "    api_token_file: token\n",
            arguments: ["--storage.path", "token"],
            error: "storage path token: Not a directory"
        ),
        Case(
            name: "invalid address",
            configuration: account + "    api_token_file: token\n",
            arguments: ["--web.listen-address", "here"],
            error: "here"
        ),
        Case(
            name: "no sockets from systemd",
            configuration: account + "    api_token_file: token\n",
            arguments: ["--web.systemd-socket"],
            error: "--web.systemd-socket: systemd has passed no sockets"
        ),
    ]

    @Test(arguments: cases)
    func `exits with status 1 and one line that names the place and the remedy`(start: Case) async throws {
        let directory = try TemporaryDirectory()
        _ = try directory.write("some-token", to: "token")
        _ = try directory.write("\n", to: "empty")
        var arguments = start.arguments
        if let configuration = start.configuration {
            arguments += ["--config.file", try directory.write(configuration, to: "config.yml")]
        }
        let result = try await ChildProgram.run(
            "\(ChildProgram.products)/magic-connector-exporter",
            arguments,
            in: directory.path,
            environment: start.environment
        )
        #expect(result.status == 1)
        MessageCatalog.check(result.errors)
        #expect(result.errors.contains(start.error), "\(result.errors)")
        #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        #expect(!result.errors.contains("some-token"))
    }

    @Test func `names a port or a storage path that is in use`() async throws {
        let fixture = try await ExporterFixture(["--life.speed", "0"])
        try await fixture.startExporter()
        let port = fixture.address.split(separator: ":").last.map(String.init) ?? ""
        for (flags, error) in [
            (["--web.listen-address", "127.0.0.1:\(port)", "--storage.path", "other"], "127.0.0.1:\(port)"),
            (
                ["--web.listen-address", "127.0.0.1:0", "--storage.path", fixture.directory.file("data")],
                "in use by another process"
            ),
        ] {
            let result = try await ChildProgram.run(
                "\(ChildProgram.products)/magic-connector-exporter",
                ["--config.file", fixture.configurationFile] + flags,
                in: fixture.directory.path
            )
            #expect(result.status == 1)
            #expect(result.errors.contains(error), "\(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        }
    }

    @Test func `every flag is documented`() async throws {
        let directory = try TemporaryDirectory()
        let help = try await ChildProgram.run(
            "\(ChildProgram.products)/magic-connector-exporter",
            ["--help"],
            in: directory.path
        )
        let page = try String(
            contentsOfFile: "\(ChildProgram.root)/deploy/docs/configuration.md",
            encoding: .utf8
        )
        let flags = Set(help.output.matches(of: /--[a-z][a-z.-]+[a-z]/).map { String($0.output) })
        #expect(flags.count > 15)
        for flag in flags { #expect(page.contains("`\(flag)`"), "\(flag)") }
    }

    @Test func `checks a configuration without starting`() async throws {
        let directory = try TemporaryDirectory()
        _ = try directory.write("some-token", to: "token")
        let good = try directory.write(Self.account + "    api_token_file: token\n", to: "config.yml")
        let program = "\(ChildProgram.products)/magic-connector-exporter"
        let fine = try await ChildProgram.run(
            program,
            ["--config.check", "--config.file", good],
            in: directory.path
        )
        #expect(fine.status == 0)
        #expect(fine.output == "configuration is valid: 1 account\n")
        #expect(!FileManager.default.fileExists(atPath: directory.file("data")))
    }

    @Test func `a reload applies a good file and rejects a bad one`() async throws {
        let fixture = try await ExporterFixture(["--life.speed", "0"])
        try await fixture.startExporter(["--web.enable-lifecycle"])
        try await fixture.expectMatchesOracle()
        let good = try String(contentsOfFile: fixture.configurationFile, encoding: .utf8)
        _ = try fixture.directory.write(good + "\npollling: {}\n", to: "config.yml")
        let refused = try await fixture.http.send("POST", "\(fixture.address)/-/reload")
        #expect(refused.status == 500)
        #expect(refused.body.contains("did you mean polling?"))
        _ = try await eventually("the failed reload in a metric") {
            try await fixture.scrape()["\(ExporterFixture.prefix)exporter_config_last_reload_successful"] == 0
                ? true : nil
        }
        _ = try fixture.directory.write(good + "\nfailure_ratio_windows: [2h]\n", to: "config.yml")
        fixture.exporter?.send(SIGHUP)
        _ = try await eventually("the new window") {
            let scrape = try await fixture.scrape()
            return scrape.samples.keys.contains { $0.contains(#"window="2h""#) }
                && !scrape.samples.keys.contains { $0.contains(#"window="1d""#) } ? true : nil
        }
        _ = try await eventually("the successful reload in a metric") {
            try await fixture.scrape()["\(ExporterFixture.prefix)exporter_config_last_reload_successful"] == 1
                ? true : nil
        }
        #expect(try await fixture.http.send("PUT", "\(fixture.address)/-/reload").status == 200)
        #expect(fixture.logLines(event: "configuration_unchanged").count == 1)
        #expect(fixture.logLines(event: "configuration_reloaded").count == 1)
    }

    @Test func `a reload by HTTP requires --web.enable-lifecycle`() async throws {
        let fixture = try await ExporterFixture(["--life.speed", "0"])
        try await fixture.startExporter()
        let response = try await fixture.http.send("POST", "\(fixture.address)/-/reload")
        #expect(response.status == 403)
        #expect(response.body.contains("--web.enable-lifecycle"))
        #expect(fixture.logLines(event: "configuration_unchanged").isEmpty)
    }
}
