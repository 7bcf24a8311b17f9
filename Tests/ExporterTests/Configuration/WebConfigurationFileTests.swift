// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPEndpoint
import Testing

@testable import Exporter

struct WebConfigurationFileTests {
    private static func load(_ name: String) throws -> WebConfiguration {
        try WebConfigurationFile.load(ConfigurationCases.web.path("\(name).good.yml"))
    }

    @Test(arguments: ConfigurationCases.web.names(".bad.yml"))
    func `a bad file has the expected error`(name: String) throws {
        try ConfigurationCases.web.expectError(of: name) { _ = try WebConfigurationFile.load($0) }
    }

    @Test(arguments: ConfigurationCases.web.names(".good.yml"))
    func `a good file loads`(name: String) throws {
        let configuration = try Self.load(name)
        let text = try String(
            contentsOfFile: ConfigurationCases.web.path("\(name).good.yml"),
            encoding: .utf8
        )
        #expect((configuration.tls != nil) == text.contains("tls_server_config:\n  cert"))
        #expect(configuration.users.isEmpty == !text.contains("basic_auth_users:\n  "))
    }

    @Test(arguments: ["empty", "comments-only", "null", "empty-sections", "headers-blank", "rate-limit-off"])
    func `an empty file results in cleartext without passwords`(name: String) throws {
        let configuration = try Self.load(name)
        #expect(configuration.tls == nil && configuration.rateLimit == nil)
        #expect(configuration.users.isEmpty && configuration.headers.isEmpty)
        #expect(configuration.summary == "no TLS, no passwords")
    }

    @Test func `reads every key`() throws {
        let configuration = try Self.load("full")
        let tls = try #require(configuration.tls?.settings)
        for (pem, file) in [(tls.certificate, "server.crt"), (tls.key, "server.key")] {
            let path = ConfigurationCases.web.path(file)
            #expect(Data(pem.bytes) == FileManager.default.contents(atPath: path))
        }
        #expect(tls.clientAuthentication == .requireAndVerify)
        let authorities = FileManager.default.contents(atPath: ConfigurationCases.web.path("other.crt"))
        #expect(tls.clientCAs.map { Data($0.bytes) } == authorities)
        #expect(tls.allowedSANs == ["prometheus.example.org", "10.0.0.1"])
        #expect(tls.minimumVersion == .tls11 && tls.maximumVersion == .tls12)
        #expect(
            tls.cipherSuites == [
                "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            ]
        )
        #expect(!tls.prefersServerCiphers)
        #expect(tls.curves == ["X25519", "CurveP384"])
        #expect(
            configuration.headers == [
                .init(name: "X-Content-Type-Options", value: "nosniff"),
                .init(name: "X-Frame-Options", value: "sameorigin"),
            ]
        )
        #expect(configuration.users.map(\.name) == ["alice"])
        #expect(configuration.users.map(\.hash.cost) == [4])
        #expect(configuration.rateLimit == .init(interval: .milliseconds(100), burst: 50))
        #expect(
            configuration.summary
                == "TLS, client certificates: RequireAndVerifyClientCert, 1 user, rate limit: one per 0.1 seconds, burst 50"
        )
    }

    @Test func `absent TLS keys have exporter-toolkit's defaults`() throws {
        let tls = try #require(try Self.load("tls").tls?.settings)
        var expected = TLSSettings(certificate: tls.certificate, key: tls.key)
        #expect(tls == expected)
        expected.clientAuthentication = .requireAny
        #expect(try Self.load("tls-require-any").tls?.settings == expected)
        #expect(try Self.load("tls-require-old-name").tls?.settings == expected)
    }

    @Test func `reads certificates and keys inline`() throws {
        let tls = try #require(try Self.load("tls-inline").tls?.settings)
        let files = try #require(try Self.load("tls-require-and-verify").tls?.settings)
        #expect(tls.certificate.bytes == files.certificate.bytes)
        #expect(tls.key.bytes == files.key.bytes)
        #expect(tls.clientCAs?.bytes == files.clientCAs?.bytes)
    }

    @Test func `the deployment example loads`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let text = try String(
            contentsOf: root.appendingPathComponent("deploy/web-config.example.yml"),
            encoding: .utf8
        )
        // The example is relative to a directory with a certificate and a key.
        let path = ConfigurationCases.web.path("example-\(UUID().uuidString).yml")
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        let configuration = try WebConfigurationFile.load(path)
        #expect(configuration.tls != nil && configuration.users.map(\.name) == ["prometheus"])
    }

    @Test func `the error of a missing file names it and the flag`() throws {
        let path = ConfigurationCases.web.path("nowhere.yml")
        let error = #expect(throws: ConfigurationError.self) { try WebConfigurationFile.load(path) }
        #expect(
            error?.description
                == "\(path): cannot be read: No such file or directory; name a readable file with --web.config.file"
        )
    }
}
