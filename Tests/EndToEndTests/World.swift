// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// A simulator, and an exporter that polls it, each a process of its own.
final class World {
    static let account = "00000000000000000000000000000001"
    static let prefix = "cloudflare_magic_connector_"

    let directory: TemporaryDirectory
    let web: Web
    private(set) var simulator: Command
    private(set) var exporter: Command?
    let api: String
    private(set) var address = ""
    private let configuration: String
    private var port = 0

    /// Starts the simulator, with flags beyond those for a free port, no rate limit and few connectors.
    ///
    /// The lines of `polling` come on top of a fast pace; `more` is whole sections of the configuration.
    init(_ flags: [String] = [], polling: [String] = [], more: String = "") async throws {
        directory = try TemporaryDirectory()
        web = Web(directory: directory)
        let defaults = ["--web.listen-address", "127.0.0.1:0", "--rate-limit", "0", "--connectors", "4"]
        let simulator = try Command(
            "\(Command.products)/magic-connector-simulator",
            defaults + flags,
            in: directory.path
        )
        self.simulator = simulator
        api = try await eventually("the simulator's address") {
            guard simulator.isRunning else {
                throw NotInTime(description: simulator.errors + simulator.output)
            }
            let said = simulator.output + simulator.errors
            return said.firstMatch(of: /http:\/\/127\.0\.0\.1:[0-9]+/).map { String($0.output) }
        }
        _ = try directory.write("simulator-token\n", to: "token")
        configuration = try directory.write(
            """
            accounts:
              - account_id: "\(Self.account)"
                api_token_file: token
            api:
              base_url: \(api)/client/v4
              max_requests: 1000000
              request_timeout: 2s
            polling:
              interval: 1s
              discovery_interval: 2s
              initial_lookback: 2d
              rescan_interval: 5s
              rescan_lookback: 2d
            \(polling.map { "  \($0)" }.joined(separator: "\n"))
            \(more)
            """,
            to: "config.yml"
        )
    }

    deinit {
        exporter = nil
    }

    var configurationFile: String { configuration }

    /// Starts the exporter, on the port that it had before.
    ///
    /// The environment comes on top of a nearly empty one.
    func startExporter(_ flags: [String] = [], environment: [String: String] = [:]) async throws {
        let arguments = [
            "--config.file", configuration, "--storage.path", directory.file("data"), "--web.listen-address",
            "127.0.0.1:\(port)",
        ]
        let exporter = try Command(
            "\(Command.products)/magic-connector-exporter",
            arguments + flags,
            in: directory.path,
            environment: environment
        )
        self.exporter = exporter
        address = try await eventually("the exporter's address") {
            guard exporter.isRunning else { throw NotInTime(description: exporter.errors) }
            return exporter.errors.firstMatch(of: /address="?127\.0\.0\.1:([0-9]+)/).map {
                "http://127.0.0.1:\($0.output.1)"
            }
        }
        port = Int(address.split(separator: ":").last ?? "") ?? 0
    }

    /// Kills the exporter as a power cut would.
    func killExporter() async {
        exporter?.send(SIGKILL)
        _ = await exporter?.end()
        exporter = nil
    }

    func scrape() async throws -> Scrape {
        let answer = try await web.ask("\(address)/metrics")
        try #require(answer.status == 200)
        return Scrape(answer.body)
    }

    /// Stops the simulated life, so that there is a truth to compare with.
    func pauseLife() async throws {
        let answer = try await web.send("POST", "\(api)/control/life", #"{"paused": true}"#)
        try #require(answer.status < 300, "\(answer.body)")
    }

    /// Puts faults in place of those that are there.
    func setFaults(_ json: String) async throws {
        let answer = try await web.send("POST", "\(api)/control/faults", json)
        try #require(answer.status < 300, "\(answer.body)")
    }

    func clearFaults() async throws {
        let answer = try await web.send("DELETE", "\(api)/control/faults")
        try #require(answer.status < 300, "\(answer.body)")
    }

    /// Makes something happen on a connector: `index`, `kind`, and what the simulator is not to choose.
    func inject(_ json: String) async throws {
        let answer = try await web.send("POST", "\(api)/control/events", json)
        try #require(answer.status < 300, "\(answer.body)")
    }

    /// A request to the simulator's control that answers JSON.
    func control<Value: Decodable>(_ path: String, as type: Value.Type) async throws -> Value {
        let answer = try await web.ask("\(api)/control/\(path)")
        try #require(answer.status == 200, "\(answer.body)")
        return try JSONDecoder().decode(type, from: Data(answer.body.utf8))
    }

    /// The connectors' ids, in the order of their numbers.
    func connectorIDs() async throws -> [String] {
        struct Truth: Decodable {
            struct Connector: Decodable { let id: String }

            let connectors: [Connector]
        }
        return try await control("truth?account=\(Self.account)", as: Truth.self).connectors.map(\.id)
    }

    /// Waits until every series says what an omniscient reader of the simulator's events says.
    func expectTruth(within seconds: Double = 40) async throws {
        var difference: [String] = ["nothing was compared"]
        _ = try? await eventually("truth", within: seconds) {
            difference = try await Oracle.difference(self)
            return difference.isEmpty ? true : nil
        }
        #expect(difference == [], "\(exporter?.errors.suffix(2000) ?? "")")
    }
}
