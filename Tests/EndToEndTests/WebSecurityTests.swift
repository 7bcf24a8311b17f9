// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The exporter behind `--web.config.file`, as Prometheus and curl meet it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct `A secured exporter` {
    /// The hash of "secret", of a cost that does not keep the tests waiting.
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

    /// A world whose exporter speaks TLS, with the certificates of an authority of its own.
    private func securedWorld() async throws -> World {
        let world = try await World(["--life.speed", "0"])
        let directory = world.directory.path
        let authority = try await TestIdentity("authority", in: directory)
        _ = try await TestIdentity("server", in: directory, names: "IP:127.0.0.1", signedBy: authority)
        _ = try await TestIdentity(
            "client",
            in: directory,
            names: "DNS:prometheus.example.org",
            signedBy: authority
        )
        _ = try await TestIdentity("stranger", in: directory, names: "DNS:prometheus.example.org")
        _ = try world.directory.write(Self.mutual, to: "web.yml")
        try await world.startExporter(["--web.config.file", world.directory.file("web.yml")])
        return world
    }

    private func ask(
        _ world: World,
        _ path: String = "/metrics",
        client: String? = "client",
        user: String? = "prometheus:secret",
        authority: String = "authority",
        _ more: [String] = []
    ) async throws -> Web.Answer {
        var options = ["--cacert", world.directory.file("\(authority).pem")]
        if let client {
            options += ["--cert", world.directory.file("\(client).pem")]
            options += ["--key", world.directory.file("\(client).key")]
        }
        if let user { options += ["--user", user] }
        let url = world.address.replacing("http://", with: "https://") + path
        return try await world.web.ask(url, options + more)
    }

    @Test func `Prometheus scrapes over TLS, with a password and a certificate`() async throws {
        let world = try await securedWorld()
        let prometheus = try await PrometheusServer(
            scraping: world,
            job: [
                "scheme: https",
                "basic_auth: { username: prometheus, password: secret }",
                "tls_config:",
                "  ca_file: \(world.directory.file("authority.pem"))",
                "  cert_file: \(world.directory.file("client.pem"))",
                "  key_file: \(world.directory.file("client.key"))",
            ]
        )
        _ = try await eventually("a scrape") { try await prometheus.query("up") == [1] ? true : nil }
        _ = try await eventually("the connectors") {
            try await prometheus.query("sum(\(World.prefix)connectors)") == [4] ? true : nil
        }
    }

    @Test func `who has not both is not let in, whatever the path`() async throws {
        let world = try await securedWorld()
        for path in ["/", "/metrics", "/-/healthy", "/-/ready", "/nowhere"] {
            #expect(try await ask(world, path).status == (path == "/nowhere" ? 404 : 200), "\(path)")
            #expect(try await ask(world, path, user: nil).status == 401, "\(path)")
            #expect(try await ask(world, path, user: "prometheus:wrong").status == 401, "\(path)")
            #expect(try await ask(world, path, user: "nobody:secret").status == 401, "\(path)")
            // There is no answer at all where the handshake fails.
            #expect(try await ask(world, path, client: nil).status == 0, "\(path)")
            #expect(try await ask(world, path, client: "stranger").status == 0, "\(path)")
        }
        let refusal = try await ask(world, user: nil, ["--include"]).body.lowercased()
        #expect(refusal.contains("www-authenticate: basic"))
        #expect(refusal.contains("strict-transport-security: max-age=31536000"))
        let clear = try await world.web.ask("\(world.address)/metrics")
        #expect(clear.status == 400)
    }

    @Test func `a renewed certificate and other users are taken over, and a mistake is not`() async throws {
        let world = try await securedWorld()
        #expect(try await ask(world).body.contains("\(Self.reloaded) 1"))

        // A certificate that belongs to no key of the exporter.
        let other = try await TestIdentity("other", in: world.directory.path, names: "IP:127.0.0.1")
        let certificate = try String(contentsOfFile: other.certificate, encoding: .utf8)
        _ = try world.directory.write(certificate, to: "server.pem")
        _ = try await eventually("the failed reload in the metric") {
            try await ask(world).body.contains("\(Self.reloaded) 0") ? true : nil
        }
        let complaint = "server.key: the key does not belong to the certificate"
        let complaints = world.exporter?.errors.split(separator: "\n").count { $0.contains(complaint) }
        #expect(complaints == 1)

        // Its key mends it: the same clients now find another server.
        let key = try String(contentsOfFile: other.key, encoding: .utf8)
        _ = try world.directory.write(key, to: "server.key")
        _ = try await eventually("the mended reload in the metric") {
            try await ask(world, authority: "other").body.contains("\(Self.reloaded) 1") ? true : nil
        }
        #expect(try await ask(world).status == 0, "the former certificate is gone")

        // Users change at once when a reload is asked for.
        _ = try world.directory.write(Self.mutual.replacing("prometheus: ", with: "other: "), to: "web.yml")
        let reload = try await ask(world, "/-/reload", authority: "other", ["--request", "POST"])
        #expect(reload.status == 200, "\(reload.body)")
        #expect(try await ask(world, authority: "other").status == 401)
        #expect(try await ask(world, user: "other:secret", authority: "other").status == 200)

        // TLS stays.
        _ = try world.directory.write("", to: "web.yml")
        let refused = try await ask(
            world,
            "/-/reload",
            user: "other:secret",
            authority: "other",
            ["--request", "POST"]
        )
        #expect(refused.status == 500)
        #expect(refused.body.contains("TLS cannot be turned off while the exporter runs; restart it"))
        #expect(try await ask(world, authority: "other").status == 401)
    }

    @Test func `a start and a check name what is wrong with the file`() async throws {
        let directory = try TemporaryDirectory()
        _ = try directory.write("some-token", to: "token")
        let configuration = try directory.write(
            "accounts:\n  - account_id: \"\(World.account)\"\n    api_token_file: token\n",
            to: "config.yml"
        )
        let web = try directory.write("basic_auth_users:\n  alice: secret\n", to: "web.yml")
        for flags in [["--config.check"], ["--web.listen-address", "127.0.0.1:0"]] {
            let ending = try await Command.run(
                "\(Command.products)/magic-connector-exporter",
                ["--config.file", configuration, "--web.config.file", web] + flags,
                in: directory.path
            )
            #expect(ending.status == 1)
            #expect(ending.errors.contains("web.yml:2: basic_auth_users.alice: is not a bcrypt hash"))
            #expect(!ending.errors.contains("secret"))
        }
        _ = try directory.write("basic_auth_users:\n  alice: \(Self.hash)\n", to: "web.yml")
        let fine = try await Command.run(
            "\(Command.products)/magic-connector-exporter",
            ["--config.file", configuration, "--web.config.file", web, "--config.check"],
            in: directory.path
        )
        #expect(fine.output == "configuration is valid: 1 account; web: no TLS, 1 user\n")
    }
}
