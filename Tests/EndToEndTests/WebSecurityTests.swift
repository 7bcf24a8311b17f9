// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// `--web.config.file`, with Prometheus and curl as clients.
@Suite(.serialized, .timeLimit(.minutes(5))) struct WebSecurityTests {
    /// The hash of "secret" with a low cost.
    private static let hash = "$2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW"

    private static let mutual = """
        tls_server_config:
          cert_file: server.pem
          key_file: server.key
          client_auth_type: RequireAndVerifyClientCert
          client_ca_file: authority.pem
          client_allowed_sans: [prometheus.example.org]
        http_server_config:
          headers:
            Strict-Transport-Security: max-age=31536000
        basic_auth_users:
          prometheus: \(hash)
        """

    private static let reloaded = "cloudflare_magic_connector_exporter_config_last_reload_successful"

    /// Returns a fixture whose exporter requires TLS, a password and a client certificate.
    private func securedFixture() async throws -> ExporterFixture {
        let fixture = try await ExporterFixture(["--life.speed", "0"])
        let directory = fixture.directory.path
        let authority = try await TestIdentity("authority", in: directory)
        _ = try await TestIdentity("server", in: directory, names: "IP:127.0.0.1", signedBy: authority)
        _ = try await TestIdentity(
            "client",
            in: directory,
            names: "DNS:prometheus.example.org",
            signedBy: authority
        )
        _ = try await TestIdentity("unsigned", in: directory, names: "DNS:prometheus.example.org")
        _ = try fixture.directory.write(Self.mutual, to: "web.yml")
        try await fixture.startExporter([
            "--web.config.file", fixture.directory.file("web.yml"), "--web.enable-lifecycle",
        ])
        return fixture
    }

    private func curl(
        _ fixture: ExporterFixture,
        _ path: String = "/metrics",
        client: String? = "client",
        user: String? = "prometheus:secret",
        authority: String = "authority",
        _ more: [String] = []
    ) async throws -> HTTPClient.Response {
        var options = ["--cacert", fixture.directory.file("\(authority).pem")]
        if let client {
            options += ["--cert", fixture.directory.file("\(client).pem")]
            options += ["--key", fixture.directory.file("\(client).key")]
        }
        if let user { options += ["--user", user] }
        let url = fixture.address.replacing("http://", with: "https://") + path
        return try await fixture.http.curl(url, options + more)
    }

    @Test func `Prometheus scrapes over TLS, with a password and a certificate`() async throws {
        let fixture = try await securedFixture()
        let prometheus = try await PrometheusServer(
            scraping: fixture,
            job: [
                "scheme: https",
                "basic_auth: { username: prometheus, password: secret }",
                "tls_config:",
                "  ca_file: \(fixture.directory.file("authority.pem"))",
                "  cert_file: \(fixture.directory.file("client.pem"))",
                "  key_file: \(fixture.directory.file("client.key"))",
            ]
        )
        _ = try await eventually("a scrape") { try await prometheus.query("up") == [1] ? true : nil }
        _ = try await eventually("the connectors") {
            try await prometheus.query("sum(\(ExporterFixture.prefix)connectors)") == [4] ? true : nil
        }
    }

    @Test func `requires a password and a certificate on every path`() async throws {
        let fixture = try await securedFixture()
        for path in ["/", "/metrics", "/-/healthy", "/-/ready", "/nowhere"] {
            #expect(try await curl(fixture, path).status == (path == "/nowhere" ? 404 : 200), "\(path)")
            #expect(try await curl(fixture, path, user: nil).status == 401, "\(path)")
            #expect(try await curl(fixture, path, user: "prometheus:wrong").status == 401, "\(path)")
            #expect(try await curl(fixture, path, user: "nobody:secret").status == 401, "\(path)")
            // curl reports no response if the handshake fails.
            #expect(try await curl(fixture, path, client: nil).status == 0, "\(path)")
            #expect(try await curl(fixture, path, client: "unsigned").status == 0, "\(path)")
        }
        let refusal = try await curl(fixture, user: nil, ["--include"]).body.lowercased()
        #expect(refusal.contains("www-authenticate: basic"))
        #expect(refusal.contains("strict-transport-security: max-age=31536000"))
        let clear = try await fixture.http.get("\(fixture.address)/metrics")
        #expect(clear.status == 400)
    }

    @Test func `applies a renewed certificate and changed users, and rejects a mistake`() async throws {
        let fixture = try await securedFixture()
        #expect(try await curl(fixture).body.contains("\(Self.reloaded) 1"))

        // A certificate without its key.
        let other = try await TestIdentity("other", in: fixture.directory.path, names: "IP:127.0.0.1")
        let certificate = try String(contentsOfFile: other.certificate, encoding: .utf8)
        _ = try fixture.directory.write(certificate, to: "server.pem")
        _ = try await eventually("the failed reload in the metric") {
            try await curl(fixture).body.contains("\(Self.reloaded) 0") ? true : nil
        }
        let message = "key_file: the key does not match the certificate in cert_file"
        let count = fixture.exporter?.errors.split(separator: "\n").count { $0.contains(message) }
        #expect(count == 1)

        // The key makes the pair valid.
        let key = try String(contentsOfFile: other.key, encoding: .utf8)
        _ = try fixture.directory.write(key, to: "server.key")
        _ = try await eventually("the successful reload in the metric") {
            try await curl(fixture, authority: "other").body.contains("\(Self.reloaded) 1") ? true : nil
        }
        #expect(try await curl(fixture).status == 0, "the former certificate is gone")

        // A requested reload changes users at once.
        _ = try fixture.directory.write(Self.mutual.replacing("prometheus: ", with: "other: "), to: "web.yml")
        let reload = try await curl(fixture, "/-/reload", authority: "other", ["--request", "POST"])
        #expect(reload.status == 200, "\(reload.body)")
        #expect(try await curl(fixture, authority: "other").status == 401)
        #expect(try await curl(fixture, user: "other:secret", authority: "other").status == 200)

        // TLS cannot be turned off.
        _ = try fixture.directory.write("", to: "web.yml")
        let refused = try await self.curl(
            fixture,
            "/-/reload",
            user: "other:secret",
            authority: "other",
            ["--request", "POST"]
        )
        #expect(refused.status == 500)
        #expect(refused.body.contains("TLS cannot be turned off while the exporter runs; restart it"))
        #expect(try await curl(fixture, authority: "other").status == 401)
    }

    @Test func `a start and a check name the mistake in the file`() async throws {
        let directory = try TemporaryDirectory()
        _ = try directory.write("some-token", to: "token")
        let configuration = try directory.write(
            "accounts:\n  - account_id: \"\(ExporterFixture.account)\"\n    api_token_file: token\n",
            to: "config.yml"
        )
        let web = try directory.write("basic_auth_users:\n  alice: secret\n", to: "web.yml")
        for flags in [["--config.check"], ["--web.listen-address", "127.0.0.1:0"]] {
            let result = try await ChildProgram.run(
                "\(ChildProgram.products)/magic-connector-exporter",
                ["--config.file", configuration, "--web.config.file", web] + flags,
                in: directory.path
            )
            #expect(result.status == 1)
            #expect(result.errors.contains("web.yml:2: basic_auth_users.alice: is not a bcrypt hash"))
            #expect(!result.errors.contains("secret"))
        }
        _ = try directory.write("basic_auth_users:\n  alice: \(Self.hash)\n", to: "web.yml")
        let valid = try await ChildProgram.run(
            "\(ChildProgram.products)/magic-connector-exporter",
            ["--config.file", configuration, "--web.config.file", web, "--config.check"],
            in: directory.path
        )
        #expect(valid.output == "configuration is valid: 1 account; web: no TLS, 1 user\n")
    }
}
