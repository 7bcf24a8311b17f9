// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// Debian's Alertmanager with the routes of the repository, and a webhook receiver that records notifications.
final class AlertmanagerServer {
    /// An alert in a notification.
    struct Notification: Decodable, Sendable {
        let status: String
        let labels: [String: String]
        let annotations: [String: String]
    }

    let address: String
    private let fixture: ExporterFixture
    private let process: ChildProgram
    private let receiver: ChildProgram

    /// The receiver: prints its port, then the alerts of each request as one line of JSON.
    private static let script = """
        import http.server, json
        class Receiver(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                print(json.dumps(body["alerts"]), flush=True)
                self.send_response(200)
                self.end_headers()
            def log_message(self, *_): pass
        server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
        print(server.server_address[1], flush=True)
        server.serve_forever()
        """

    init(in fixture: ExporterFixture) async throws {
        self.fixture = fixture
        let receiver = try ChildProgram("python3", ["-c", Self.script], in: fixture.directory.path)
        self.receiver = receiver
        let port = try await eventually("the port of the receiver") {
            receiver.output.split(separator: "\n").first.flatMap { Int($0) }
        }
        address = "127.0.0.1:\(try await PrometheusServer.freePort(in: fixture))"
        let routes = try String(
            contentsOfFile: "\(ChildProgram.root)/deploy/prometheus/alertmanager.yml",
            encoding: .utf8
        )
        let configuration = try fixture.directory.write(
            routes.replacing("receiver: nowhere", with: "receiver: test")
                .replacing(
                    "  - name: nowhere",
                    with: "  - { name: test, webhook_configs: [{ url: \"http://127.0.0.1:\(port)/\" }] }"
                )
                .replacing("group_wait: 30s", with: "group_wait: 1s")
                .replacing("group_interval: 5m", with: "group_interval: 1s"),
            to: "alertmanager.yml"
        )
        process = try ChildProgram(
            "prometheus-alertmanager",
            [
                "--config.file=\(configuration)", "--storage.path=\(fixture.directory.file("alertmanager"))",
                "--web.listen-address=\(address)", "--cluster.listen-address=", "--log.level=warn",
            ],
            in: fixture.directory.path
        )
        let process = process
        _ = try await eventually("Alertmanager") {
            guard process.isRunning else { throw TimeoutError(description: process.errors) }
            return (try? await fixture.http.get("http://\(address)/-/ready"))?.status == 200 ? true : nil
        }
    }

    /// Whether an alert of a connector is active.
    func has(_ alert: String, of connector: String) async throws -> Bool {
        struct Active: Decodable { let labels: [String: String] }

        let response = try await fixture.http.get("http://\(address)/api/v2/alerts")
        return try JSONDecoder().decode([Active].self, from: Data(response.body.utf8)).contains {
            $0.labels["alertname"] == alert && $0.labels["connector_id"] == connector
        }
    }

    /// The notifications, oldest first.
    func notifications() throws -> [Notification] {
        try receiver.output.split(separator: "\n").dropFirst().flatMap {
            try JSONDecoder().decode([Notification].self, from: Data($0.utf8))
        }
    }
}
