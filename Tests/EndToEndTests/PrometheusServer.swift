// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// Debian's Prometheus, which scrapes an exporter every second.
final class PrometheusServer {
    private let world: World
    private let process: Command
    private let address: String

    /// Starts Prometheus, with the rules of some files of the repository, and an Alertmanager to tell.
    ///
    /// The lines of `job` come on top of those that name the target: a scheme, credentials.
    init(
        scraping world: World,
        job: [String] = [],
        rules: [String] = [],
        alerting alertmanager: AlertmanagerServer? = nil
    ) async throws {
        self.world = world
        address = "127.0.0.1:\(try await Self.freePort(in: world))"
        let files = rules.map { "\"\(Command.root)/\($0)\"" }.joined(separator: ", ")
        let alerting = alertmanager.map { "\"\($0.address)\"" } ?? ""
        let target = world.address.replacing("http://", with: "")
        let configuration = try world.directory.write(
            """
            global: { scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s }
            rule_files: [\(files)]
            alerting: { alertmanagers: [{ static_configs: [{ targets: [\(alerting)] }] }] }
            scrape_configs:
              - job_name: magic-connector-exporter
                static_configs: [{ targets: ["\(target)"] }]
            \(job.map { "    \($0)" }.joined(separator: "\n"))
            """,
            to: "prometheus.yml"
        )
        process = try Command(
            "prometheus",
            [
                "--config.file=\(configuration)", "--storage.tsdb.path=\(world.directory.file("tsdb"))",
                "--web.listen-address=\(address)", "--log.level=warn",
            ],
            in: world.directory.path
        )
    }

    /// A port that was free a moment ago: neither Prometheus nor Alertmanager says which one it was given.
    static func freePort(in world: World) async throws -> Int {
        let probe = try await Command.run(
            "python3",
            [
                "-c",
                "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])",
            ],
            in: world.directory.path
        )
        guard let port = Int(probe.output.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw NotInTime(description: probe.errors)
        }
        return port
    }

    /// Whether an expression is one.
    func accepts(_ expression: String) async throws -> Bool {
        try await ask(expression)?.status == 200
    }

    /// The values of an instant query; none while Prometheus is not there yet.
    func query(_ expression: String) async throws -> [Double] {
        guard let answer = try await ask(expression), answer.status == 200 else { return [] }
        return answer.body.matches(of: /"value":\[[0-9.]+,"([^"]+)"\]/).compactMap { Double($0.output.1) }
    }

    /// The values of a label, as Grafana asks for those of a variable; none while Prometheus is not there yet.
    func values(of label: String, in selector: String) async throws -> [String] {
        struct Values: Decodable { let data: [String] }

        guard
            let answer = try? await world.web.ask(
                "http://\(address)/api/v1/label/\(label)/values",
                ["--get", "--data-urlencode", "match[]=\(selector)"]
            ), answer.status == 200
        else { return [] }
        return try JSONDecoder().decode(Values.self, from: Data(answer.body.utf8)).data
    }

    /// Whether an alert fires for a connector.
    func isFiring(_ alert: String, on connector: String) async throws -> Bool {
        let selector = #"alertname="\#(alert)",connector_id="\#(connector)",alertstate="firing""#
        return try await query("ALERTS{\(selector)}") == [1]
    }

    private func ask(_ expression: String) async throws -> Web.Answer? {
        guard process.isRunning else { throw NotInTime(description: "Prometheus ended: \(process.errors)") }
        return try? await world.web.ask(
            "http://\(address)/api/v1/query",
            ["--get", "--data-urlencode", "query=\(expression)"]
        )
    }
}
