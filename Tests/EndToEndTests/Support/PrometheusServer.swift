// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// Debian's Prometheus, which scrapes the exporter of a fixture.
final class PrometheusServer {
    private let fixture: ExporterFixture
    private let process: ChildProgram
    private let address: String

    /// Starts Prometheus.
    ///
    /// - Parameters:
    ///   - fixture: its exporter is the only target.
    ///   - target: the address of the exporter, if it has several.
    ///   - interval: the scrape interval in seconds.
    ///   - name: distinguishes the servers of a fixture.
    ///   - job: further lines of the scrape configuration, such as a scheme and credentials.
    ///   - rules: rule files of the repository, or absolute paths.
    ///   - alertmanager: receives the alerts.
    ///   - flags: further flags.
    /// - Throws: if Prometheus does not start.
    init(
        scraping fixture: ExporterFixture,
        at target: String? = nil,
        interval: Int = 1,
        name: String = "prometheus",
        job: [String] = [],
        rules: [String] = [],
        alerting alertmanager: AlertmanagerServer? = nil,
        flags: [String] = []
    ) async throws {
        self.fixture = fixture
        address = "127.0.0.1:\(try await Self.freePort(in: fixture))"
        let files = rules.map { "\"\($0.hasPrefix("/") ? $0 : "\(ChildProgram.root)/\($0)")\"" }.joined(
            separator: ", "
        )
        let alerting = alertmanager.map { "\"\($0.address)\"" } ?? ""
        let target = target ?? fixture.address.replacing("http://", with: "")
        let configuration = try fixture.directory.write(
            """
            global: { scrape_interval: \(interval)s, scrape_timeout: 1s, evaluation_interval: 1s }
            rule_files: [\(files)]
            alerting: { alertmanagers: [{ static_configs: [{ targets: [\(alerting)] }] }] }
            scrape_configs:
              - job_name: magic-connector-exporter
                static_configs: [{ targets: ["\(target)"] }]
            \(job.map { "    \($0)" }.joined(separator: "\n"))
            """,
            to: "\(name).yml"
        )
        process = try ChildProgram(
            "prometheus",
            [
                "--config.file=\(configuration)",
                "--storage.tsdb.path=\(fixture.directory.file("\(name).tsdb"))",
                "--web.listen-address=\(address)", "--log.level=warn",
            ] + flags,
            in: fixture.directory.path
        )
    }

    /// Returns a port that was free a moment ago.
    ///
    /// Neither Prometheus nor Alertmanager reports the port that the kernel chose for port 0.
    static func freePort(in fixture: ExporterFixture) async throws -> Int {
        let probe = try await ChildProgram.run(
            "python3",
            [
                "-c",
                "import socket; s = socket.socket(); s.bind(('127.0.0.1', 0)); print(s.getsockname()[1])",
            ],
            in: fixture.directory.path
        )
        guard let port = Int(probe.output.trimmingCharacters(in: .whitespacesAndNewlines)) else {
            throw TimeoutError(description: probe.errors)
        }
        return port
    }

    /// Whether Prometheus accepts an expression.
    func accepts(_ expression: String) async throws -> Bool {
        try await response(to: expression)?.status == 200
    }

    /// Returns the values of an instant query; none while Prometheus starts.
    func query(_ expression: String) async throws -> [Double] {
        guard let response = try await response(to: expression), response.status == 200 else { return [] }
        return response.body.matches(of: /"value":\[[0-9.]+,"([^"]+)"\]/).compactMap { Double($0.output.1) }
    }

    /// Returns the value of each series of an instant query; none while Prometheus starts.
    func vector(_ expression: String) async throws -> [[String: String]: Double] {
        struct Body: Decodable {
            struct Series: Decodable {
                let metric: [String: String]
                let value: Sample
            }
            struct Data: Decodable { let result: [Series] }

            let data: Data
        }

        guard let response = try await response(to: expression), response.status == 200 else { return [:] }
        let body = try JSONDecoder().decode(Body.self, from: Foundation.Data(response.body.utf8))
        return Dictionary(uniqueKeysWithValues: body.data.result.map { ($0.metric, $0.value.value) })
    }

    /// A sample of a response: a time and a value as text.
    private struct Sample: Decodable {
        let value: Double

        init(from decoder: any Decoder) throws {
            var fields = try decoder.unkeyedContainer()
            _ = try fields.decode(Double.self)
            value = Double(try fields.decode(String.self)) ?? .nan
        }
    }

    /// Returns the samples of each series in the last ten minutes, oldest first; none while Prometheus starts.
    func samples(_ selector: String) async throws -> [[String: String]: [Double]] {
        struct Body: Decodable {
            struct Series: Decodable {
                let metric: [String: String]
                let values: [Sample]
            }
            struct Data: Decodable { let result: [Series] }

            let data: Data
        }

        guard let response = try await response(to: "\(selector)[10m]"), response.status == 200 else {
            return [:]
        }
        let body = try JSONDecoder().decode(Body.self, from: Foundation.Data(response.body.utf8))
        return Dictionary(
            uniqueKeysWithValues: body.data.result.map { series in
                (series.metric, series.values.map(\.value))
            }
        )
    }

    /// Returns the values of a label, as Grafana requests those of a variable; none while Prometheus starts.
    func values(of label: String, in selector: String) async throws -> [String] {
        struct Values: Decodable { let data: [String] }

        guard
            let response = try? await fixture.http.get(
                "http://\(address)/api/v1/label/\(label)/values",
                query: ["match[]": selector]
            ), response.status == 200
        else { return [] }
        return try JSONDecoder().decode(Values.self, from: Data(response.body.utf8)).data
    }

    /// Whether an alert fires for a connector.
    func isFiring(_ alert: String, on connector: String) async throws -> Bool {
        let selector = #"alertname="\#(alert)",connector_id="\#(connector)",alertstate="firing""#
        return try await query("ALERTS{\(selector)}") == [1]
    }

    private func response(to expression: String) async throws -> HTTPClient.Response? {
        guard process.isRunning else {
            throw TimeoutError(description: "Prometheus ended: \(process.errors)")
        }
        return try? await fixture.http.get("http://\(address)/api/v1/query", query: ["query": expression])
    }
}
