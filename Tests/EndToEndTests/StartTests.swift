// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct `A bad start` {
    private static let account = "accounts:\n  - account_id: \"00000000000000000000000000000001\"\n"

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let configuration: String?
        var arguments: [String] = []
        var environment: [String: String] = [:]
        let says: String

        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "missing file",
            configuration: nil,
            arguments: ["--config.file", "nowhere.yml"],
            says: "nowhere.yml"
        ),
        Case(name: "bad YAML", configuration: "accounts: [", says: "config.yml:"),
        Case(
            name: "unknown key",
            configuration: account + "    api_token_file: token\npoling: {}\n",
            says: "config.yml:4: poling: unknown key; did you mean polling?"
        ),
        Case(
            name: "bad duration",
            configuration: account + "    api_token_file: token\npolling:\n  interval: 1x\n",
            says: "config.yml:5: polling.interval: \"1x\" is not a duration; write it like 90s, 5m or 1h30m"
        ),
        Case(
            name: "empty token file",
            configuration: account + "    api_token_file: empty\n",
            says: "empty: holds no token"
        ),
        Case(
            name: "missing token file",
            configuration: account + "    api_token_file: gone\n",
            says: "gone: No such file or directory"
        ),
        Case(
            name: "no token in the environment",
            configuration: nil,
            says: "CLOUDFLARE_API_TOKEN is not set"
        ),
        Case(
            name: "http to a stranger",
            configuration: account + "    api_token_file: token\napi:\n  base_url: http://example.com/\n",
            says: "config.yml:5: api.base_url: "
        ),
        Case(
            name: "storage path that is a file",
            configuration: account + "    api_token_file: token\n",
            arguments: ["--storage.path", "token"],
            says: "storage path token: Not a directory"
        ),
        Case(
            name: "address that is none",
            configuration: account + "    api_token_file: token\n",
            arguments: ["--web.listen-address", "here"],
            says: "here"
        ),
        Case(
            name: "no sockets from systemd",
            configuration: account + "    api_token_file: token\n",
            arguments: ["--web.systemd-socket"],
            says: "--web.systemd-socket: systemd has passed no sockets"
        ),
    ]

    @Test(arguments: cases)
    func `ends with status 1 and one line that says what and where`(start: Case) async throws {
        let directory = try TemporaryDirectory()
        _ = try directory.write("some-token", to: "token")
        _ = try directory.write("\n", to: "empty")
        var arguments = start.arguments
        if let configuration = start.configuration {
            arguments += ["--config.file", try directory.write(configuration, to: "config.yml")]
        }
        let ending = try await Command.run(
            "\(Command.products)/magic-connector-exporter",
            arguments,
            in: directory.path,
            environment: start.environment
        )
        #expect(ending.status == 1)
        #expect(ending.errors.contains(start.says), "\(ending.errors)")
        #expect(ending.errors.split(separator: "\n").count == 1, "\(ending.errors)")
        #expect(!ending.errors.contains("some-token"))
    }

    @Test func `a port or a storage path that is in use is named`() async throws {
        let world = try await World(["--life.speed", "0"])
        try await world.startExporter()
        let port = world.address.split(separator: ":").last.map(String.init) ?? ""
        for (flags, says) in [
            (["--web.listen-address", "127.0.0.1:\(port)", "--storage.path", "other"], "127.0.0.1:\(port)"),
            (
                ["--web.listen-address", "127.0.0.1:0", "--storage.path", world.directory.file("data")],
                "in use by another process"
            ),
        ] {
            let ending = try await Command.run(
                "\(Command.products)/magic-connector-exporter",
                ["--config.file", world.configurationFile] + flags,
                in: world.directory.path
            )
            #expect(ending.status == 1)
            #expect(ending.errors.contains(says), "\(ending.errors)")
            #expect(ending.errors.split(separator: "\n").count == 1, "\(ending.errors)")
        }
    }

    @Test func `a check names what is wrong, and starts nothing`() async throws {
        let directory = try TemporaryDirectory()
        _ = try directory.write("some-token", to: "token")
        let good = try directory.write(Self.account + "    api_token_file: token\n", to: "config.yml")
        let program = "\(Command.products)/magic-connector-exporter"
        let fine = try await Command.run(
            program,
            ["--config.check", "--config.file", good],
            in: directory.path
        )
        #expect(fine.status == 0)
        #expect(fine.output == "configuration is valid: 1 account\n")
        #expect(!FileManager.default.fileExists(atPath: directory.file("data")))
    }

    @Test func `a reload takes a good file over and leaves a bad one alone`() async throws {
        let world = try await World(["--life.speed", "0"])
        try await world.startExporter()
        try await world.expectTruth()
        let good = try String(contentsOfFile: world.configurationFile, encoding: .utf8)
        _ = try world.directory.write(good + "\npollling: {}\n", to: "config.yml")
        let refused = try await world.web.send("POST", "\(world.address)/-/reload")
        #expect(refused.status == 500)
        #expect(refused.body.contains("did you mean polling?"))
        _ = try await eventually("the failed reload in a metric") {
            try await world.scrape()["\(World.prefix)exporter_config_last_reload_successful"] == 0
                ? true : nil
        }
        _ = try world.directory.write(good + "\nfailure_ratio_windows: [2h]\n", to: "config.yml")
        world.exporter?.send(SIGHUP)
        _ = try await eventually("the new window") {
            let scrape = try await world.scrape()
            return scrape.samples.keys.contains { $0.contains(#"window="2h""#) }
                && !scrape.samples.keys.contains { $0.contains(#"window="1d""#) } ? true : nil
        }
        #expect(try await world.scrape()["\(World.prefix)exporter_config_last_reload_successful"] == 1)
    }
}
