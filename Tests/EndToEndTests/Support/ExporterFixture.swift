// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// A simulator, and an exporter that polls it, each as a process.
final class ExporterFixture {
    static let account = "00000000000000000000000000000001"
    static let prefix = "cloudflare_magic_connector_"

    let directory: TemporaryDirectory
    let http: HTTPClient
    let simulator: ChildProgram
    private(set) var exporter: ChildProgram?

    /// The URL of the simulator.
    let api: String

    /// The URL of the exporter.
    private(set) var address = ""

    let configurationFile: String

    /// The port of the exporter; 0 before its first start.
    private(set) var port = 0

    /// Starts the simulator on a free port, with few connectors and no rate limit unless `flags` set them.
    ///
    /// - Parameters:
    ///   - flags: further flags of the simulator.
    ///   - budget: the request budget as YAML lines of `api`.
    ///   - requestTimeout: the timeout of requests to the API.
    ///   - discoveryInterval: the interval of discoveries.
    ///   - initialLookback: how much history the first poll reads.
    ///   - polling: further lines of `polling`, which by default polls every second.
    ///   - more: further sections of the configuration.
    /// - Throws: if the simulator does not start.
    init(
        _ flags: [String] = [],
        budget: [String] = ["max_requests: 1000000"],
        requestTimeout: String = "2s",
        discoveryInterval: String = "2s",
        initialLookback: String = "2d",
        polling: [String] = [],
        more: String = ""
    ) async throws {
        directory = try TemporaryDirectory()
        http = HTTPClient(directory: directory)
        let defaults = ["--web.listen-address", "127.0.0.1:0", "--rate-limit", "0", "--connectors", "4"]
        let simulator = try ChildProgram(
            "\(ChildProgram.products)/magic-connector-simulator",
            defaults + flags,
            in: directory.path
        )
        self.simulator = simulator
        api = try await eventually("the simulator's address") {
            guard simulator.isRunning else {
                throw TimeoutError(description: simulator.errors + simulator.output)
            }
            let output = simulator.output + simulator.errors
            return output.firstMatch(of: /http:\/\/127\.0\.0\.1:[0-9]+/).map { String($0.output) }
        }
        let token = try directory.write("simulator-token\n", to: "token")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: token)
        configurationFile = try directory.write(
            """
            accounts:
              - account_id: "\(Self.account)"
                api_token_file: token
            api:
              base_url: \(api)/client/v4
              request_timeout: \(requestTimeout)
            \(budget.map { "  \($0)" }.joined(separator: "\n"))
            polling:
              interval: 1s
              discovery_interval: \(discoveryInterval)
              initial_lookback: \(initialLookback)
              rescan_interval: 5s
              rescan_lookback: 2d
            \(polling.map { "  \($0)" }.joined(separator: "\n"))
            \(more)
            """,
            to: "config.yml"
        )
    }

    deinit {
        if let exporter { MessageCatalog.check(exporter.errors) }
        exporter = nil
    }

    /// Starts the exporter on the port that it had before.
    ///
    /// The environment is added to a nearly empty one.
    func startExporter(_ flags: [String] = [], environment: [String: String] = [:]) async throws {
        let arguments = [
            "--config.file", configurationFile, "--storage.path", directory.file("data"),
            "--web.listen-address", "127.0.0.1:\(port)",
        ]
        if let exporter { MessageCatalog.check(exporter.errors) }
        let exporter = try ChildProgram(
            "\(ChildProgram.products)/magic-connector-exporter",
            arguments + flags,
            in: directory.path,
            environment: environment
        )
        self.exporter = exporter
        address = try await eventually("the exporter's address") {
            guard exporter.isRunning else { throw TimeoutError(description: exporter.errors) }
            return exporter.errors.firstMatch(of: /address="?127\.0\.0\.1:([0-9]+)/).map {
                "http://127.0.0.1:\($0.output.1)"
            }
        }
        port = Int(address.split(separator: ":").last ?? "") ?? 0
    }

    /// Kills the exporter with SIGKILL.
    func killExporter() async {
        exporter?.send(SIGKILL)
        _ = await exporter?.end()
        if let exporter { MessageCatalog.check(exporter.errors) }
        exporter = nil
    }

    func scrape() async throws -> Scrape {
        let response = try await http.get("\(address)/metrics")
        try #require(response.status == 200)
        return Scrape(response.body)
    }

    /// The log lines of the running exporter that have an event key.
    func logLines(event: String) -> [Substring] {
        (exporter?.errors ?? "").split(separator: "\n").filter { line in
            line.contains("event=\(event) ") || line.hasSuffix("event=\(event)")
        }
    }
}

// MARK: - The simulator's control

extension ExporterFixture {
    /// Stops the generation of events, so that there is a final list to compare with.
    func pauseEvents() async throws { try await control("POST", "life", #"{"paused": true}"#) }

    /// Continues the generation of events.
    func resumeEvents() async throws { try await control("POST", "life", #"{"paused": false}"#) }

    /// Replaces the active faults.
    func setFaults(_ json: String) async throws { try await control("POST", "faults", json) }

    func clearFaults() async throws { try await control("DELETE", "faults") }

    /// Adds events: `index` and `kind` are required; the simulator chooses what else is missing.
    func inject(_ json: String) async throws { try await control("POST", "events", json) }

    /// Sends a request to the simulator's control, and requires success.
    func control(_ method: String, _ path: String, _ json: String = "") async throws {
        let response = try await http.send(method, "\(api)/control/\(path)", json)
        try #require(response.status < 300, "\(response.body)")
    }

    /// Reads JSON from the simulator's control.
    func control<Value: Decodable>(_ path: String, as type: Value.Type) async throws -> Value {
        let response = try await http.get("\(api)/control/\(path)")
        try #require(response.status == 200, "\(response.body)")
        return try JSONDecoder().decode(type, from: Data(response.body.utf8))
    }

    /// The ids of the connectors, in the order of their indices.
    func connectorIDs() async throws -> [String] {
        struct Fleet: Decodable {
            struct Connector: Decodable { let id: String }

            let connectors: [Connector]
        }
        return try await control("truth?account=\(Self.account)", as: Fleet.self).connectors.map(\.id)
    }

    /// Waits until every series has the value that the oracle computes from the simulator's list of events.
    func expectMatchesOracle(within seconds: Double = 40) async throws {
        var differences: [String] = ["nothing was compared"]
        _ = try? await eventually("a match", within: seconds) {
            differences = try await Oracle.differences(self)
            return differences.isEmpty ? true : nil
        }
        #expect(differences == [], "\(exporter?.errors.suffix(2000) ?? "")")
    }
}
