// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// Debian's Prometheus, which scrapes an exporter every second.
final class PrometheusServer {
    private let world: World
    private let process: Command
    private let address: String

    /// Starts it.
    ///
    /// The lines of `job` come on top of those that name the target: a scheme, credentials.
    init(scraping world: World, job: [String] = []) async throws {
        self.world = world
        // Prometheus does not say which port it was given, so it is told one that was free a moment ago.
        let probe = try await Command.run(
            "python3",
            [
                "-c",
                "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])",
            ],
            in: world.directory.path
        )
        address = "127.0.0.1:\(probe.output.trimmingCharacters(in: .whitespacesAndNewlines))"
        let target = world.address.replacing("http://", with: "")
        let configuration = try world.directory.write(
            """
            global: { scrape_interval: 1s, scrape_timeout: 1s }
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

    /// Whether an expression is one.
    func accepts(_ expression: String) async throws -> Bool {
        try await ask(expression)?.status == 200
    }

    /// The values of an instant query; none while Prometheus is not there yet.
    func query(_ expression: String) async throws -> [Double] {
        guard let answer = try await ask(expression), answer.status == 200 else { return [] }
        return answer.body.matches(of: /"value":\[[0-9.]+,"([^"]+)"\]/).compactMap { Double($0.output.1) }
    }

    private func ask(_ expression: String) async throws -> Web.Answer? {
        guard process.isRunning else { throw NotInTime(description: "Prometheus ended: \(process.errors)") }
        return try? await world.web.ask(
            "http://\(address)/api/v1/query",
            ["--get", "--data-urlencode", "query=\(expression)"]
        )
    }
}
