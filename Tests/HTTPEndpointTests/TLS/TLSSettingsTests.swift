// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import TestSupport
import Testing

/// Errors for invalid settings.
@Suite(.timeLimit(.minutes(1))) struct TLSSettingsTests {
    private static func message(_ settings: TLSSettings) -> String? {
        do throws(EndpointError) {
            _ = try TLSContext(settings)
            return nil
        } catch {
            return error.description
        }
    }

    private static func text(_ text: String) -> TLSSettings.PEM {
        TLSSettings.PEM(source: "a.pem", bytes: Array(text.utf8))
    }

    @Test func `names the file with the problem`() async throws {
        let fixture = try await TLSFixture()
        let good = try fixture.settings()
        var bad = good
        bad.certificate = Self.text("")
        #expect(Self.message(bad)?.hasPrefix("a.pem: contains no certificate") == true)
        bad.certificate = good.key
        #expect(Self.message(bad)?.hasPrefix("\(good.key.source): contains no certificate") == true)
        bad.certificate = Self.text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        #expect(Self.message(bad)?.hasPrefix("a.pem: cannot read certificate 1: ") == true)
        bad.certificate.bytes = good.certificate.bytes + bad.certificate.bytes
        #expect(Self.message(bad)?.hasPrefix("a.pem: cannot read certificate 2: ") == true)
        bad = good
        bad.key = Self.text("nothing")
        #expect(Self.message(bad)?.hasPrefix("a.pem: contains no private key") == true)
        bad.key = good.certificate
        #expect(Self.message(bad)?.contains(": contains no private key") == true)
        bad.key = Self.text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
        #expect(Self.message(bad)?.hasPrefix("a.pem: cannot read the private key: ") == true)
    }

    @Test func `rejects a foreign key and an encrypted key`() async throws {
        let fixture = try await TLSFixture()
        var settings = try fixture.settings()
        settings.key = try fixture.pem(fixture.authority.key)
        #expect(
            Self.message(settings)
                == "\(fixture.authority.key): the key does not match the certificate in "
                + "\(fixture.server.certificate); use the key that the certificate was issued for"
        )
        for form in [["pkcs8", "-topk8", "-v2", "aes256"], ["ec", "-aes256"]] {
            let encrypted = fixture.directory.file("encrypted.key")
            let made = try await onThread {
                try runCommand(
                    ["openssl"] + form + [
                        "-in", fixture.server.key, "-out", encrypted, "-passout", "pass:secret",
                    ]
                )
            }
            #expect(made.status == 0)
            settings.key = try fixture.pem(encrypted)
            #expect(Self.message(settings)?.hasPrefix("\(encrypted): the key is encrypted") == true)
        }
    }

    @Test func `accepts an expired server certificate`() async throws {
        let fixture = try await TLSFixture()
        let expired = try await fixture.expired(fixture.server)
        #expect(
            try Self.message(
                TLSSettings(certificate: fixture.pem(expired.certificate), key: fixture.pem(expired.key))
            ) == nil
        )
    }

    @Test func `rejects an unknown name and accepts each listed one`() async throws {
        let fixture = try await TLSFixture()
        let good = try fixture.settings()
        for key in [\TLSSettings.cipherSuites, \TLSSettings.curves] {
            var settings = good
            settings[keyPath: key] = ["invented"]
            let message = try #require(Self.message(settings))
            #expect(message.contains("contains an unknown name; use some of "))
            let list = try #require(message.split(separator: "use some of ").last)
            let names = list.components(by: ", ")
            #expect(names.count >= 4)
            for name in names {
                settings[keyPath: key] = [name]
                #expect(Self.message(settings) == nil, "\(name)")
            }
            settings[keyPath: key] = names
            #expect(Self.message(settings) == nil)
        }
    }

    @Test func `rejects contradictory settings`() async throws {
        let fixture = try await TLSFixture()
        let good = try fixture.settings()
        var settings = good
        (settings.minimumVersion, settings.maximumVersion) = (.tls13, .tls12)
        #expect(
            Self.message(settings)
                == "min_version: TLS13 is above max_version TLS12; lower it, or raise max_version"
        )
        settings = good
        (settings.cipherSuites, settings.maximumVersion) = (["TLS_AES_128_GCM_SHA256"], .tls12)
        #expect(Self.message(settings)?.hasPrefix("cipher_suites: all of them are of TLS 1.3") == true)
        settings = good
        settings.clientCAs = settings.certificate
        #expect(Self.message(settings)?.hasPrefix("client_ca_file: has no effect") == true)
        settings = good
        settings.allowedSANs = ["a"]
        #expect(Self.message(settings)?.hasPrefix("client_allowed_sans: has no effect") == true)
        settings = good
        (settings.clientAuthentication, settings.clientCAs) = (.requireAndVerify, Self.text("nobody"))
        #expect(Self.message(settings)?.hasPrefix("a.pem: contains no certificate") == true)
    }

    @Test func `uses the names of exporter-toolkit`() {
        #expect(ClientAuthentication.named("") == ClientAuthentication.none)
        #expect(ClientAuthentication.named("RequireClientCert") == .requireAny)
        #expect(ClientAuthentication.named("Require") == nil)
        for type in ClientAuthentication.allCases {
            #expect(ClientAuthentication.named(type.rawValue) == type)
        }
        #expect(TLSVersion.allCases.map(\.rawValue) == ["TLS10", "TLS11", "TLS12", "TLS13"])
    }
}

extension Substring {
    fileprivate func components(by separator: String) -> [String] {
        split(separator: separator).map(String.init)
    }
}
