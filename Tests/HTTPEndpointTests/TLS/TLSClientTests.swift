// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPEndpoint
import TestSupport
import Testing

/// Client certificates.
@Suite(.timeLimit(.minutes(2))) struct TLSClientTests {
    /// Whether each type accepts no certificate, a self-signed one, and one of the authority.
    private static let verdicts: [ClientAuthentication: (none: Bool, selfSigned: Bool, known: Bool)] = [
        .none: (true, true, true),
        .request: (true, true, true),
        .requireAny: (false, true, true),
        .verifyIfGiven: (true, false, true),
        .requireAndVerify: (false, false, true),
    ]

    @Test(arguments: ClientAuthentication.allCases, [["--tls-max", "1.2"], ["--tlsv1.3"]])
    func `each type accepts the right clients`(_ type: ClientAuthentication, _ version: [String]) async throws
    {
        let fixture = try await TLSFixture()
        let selfSigned = try await TestIdentity("selfsigned", in: fixture.directory.path)
        let known = try await fixture.client("known")
        let authority = try fixture.pem(fixture.authority.certificate)
        let context = try fixture.context {
            $0.clientAuthentication = type
            if type != .none { $0.clientCAs = authority }
        }
        let verdict = try #require(Self.verdicts[type])
        try await withEndpoint(tls: context, handler: echo) { endpoint, port throws in
            #expect((try fixture.curl(port, version).status == 0) == verdict.none)
            #expect((try fixture.curl(port, version + selfSigned.curl).status == 0) == verdict.selfSigned)
            #expect((try fixture.curl(port, version + known.curl).status == 0) == verdict.known)
            let accepted = [verdict.none, verdict.selfSigned, verdict.known].filter { $0 }.count
            #expect(endpoint.statistics.requests == accepted)
        }
    }

    @Test func `rejects a certificate chain of more than 32 KiB`() async throws {
        let fixture = try await TLSFixture()
        let known = try await fixture.client("known")
        let certificate = try String(contentsOfFile: known.certificate, encoding: .utf8)
        let context = try fixture.context { $0.clientAuthentication = .requireAny }
        // A certificate has some 400 bytes in the message.
        let chains = try [20, 100].map { count in
            let path = "\(known.certificate).\(count)"
            try String(repeating: certificate, count: count).write(
                toFile: path,
                atomically: false,
                encoding: .utf8
            )
            return TestIdentity(certificate: path, key: known.key)
        }
        try await withEndpoint(tls: context, handler: echo) { endpoint, port throws in
            #expect(try fixture.curl(port, chains[0].curl).status == 0)
            #expect(try fixture.curl(port, chains[1].curl).status != 0)
            #expect(endpoint.statistics.requests == 1)
        }
    }

    @Test func `a rejected client receives the right alert`() async throws {
        let fixture = try await TLSFixture()
        let authority = try fixture.pem(fixture.authority.certificate)
        let selfSigned = try await TestIdentity("selfsigned", in: fixture.directory.path)
        let context = try fixture.context {
            ($0.clientAuthentication, $0.clientCAs) = (.requireAndVerify, authority)
        }
        try await withEndpoint(tls: context, handler: echo) { _, port throws in
            #expect(try fixture.openSSL(port).output.contains("alert certificate required"))
            let unknown = try fixture.openSSL(
                port,
                ["-cert", selfSigned.certificate, "-key", selfSigned.key]
            )
            #expect(unknown.output.contains("alert unknown ca"))
        }
        let known = try await fixture.client("known", names: "DNS:known.example")
        let naming = try fixture.context {
            ($0.clientAuthentication, $0.clientCAs) = (.requireAndVerify, authority)
            $0.allowedSANs = ["other.example"]
        }
        try await withEndpoint(tls: naming, handler: echo) { _, port throws in
            let refused = try fixture.openSSL(port, ["-cert", known.certificate, "-key", known.key])
            #expect(refused.output.contains("alert bad certificate"))
        }
    }

    @Test func `rejects an expired client certificate`() async throws {
        let fixture = try await TLSFixture()
        let known = try await fixture.client("known")
        let expired = try await fixture.expired(known)
        let authority = try fixture.pem(fixture.authority.certificate)
        let context = try fixture.context {
            ($0.clientAuthentication, $0.clientCAs) = (.verifyIfGiven, authority)
        }
        try await withEndpoint(tls: context, handler: echo) { _, port throws in
            #expect(try fixture.curl(port, known.curl).status == 0)
            #expect(try fixture.curl(port, expired.curl).output.contains("certificate expired"))
        }
    }

    @Test func `uses the system's CAs by default`() async throws {
        let fixture = try await TLSFixture()
        let known = try await fixture.client("known")
        let context = try fixture.context { $0.clientAuthentication = .requireAndVerify }
        try await withEndpoint(tls: context, handler: echo) { _, port throws in
            #expect(try fixture.curl(port, known.curl).status != 0)
        }
    }

    @Test func `trusts a client certificate that is itself a client CA`() async throws {
        let fixture = try await TLSFixture()
        let pinned = try await fixture.client("pinned")
        let other = try await fixture.client("other")
        let text = try fixture.pem(pinned.certificate)
        let context = try fixture.context {
            ($0.clientAuthentication, $0.clientCAs) = (.requireAndVerify, text)
        }
        try await withEndpoint(tls: context, handler: echo) { _, port throws in
            #expect(try fixture.curl(port, pinned.curl).status == 0)
            #expect(try fixture.curl(port, other.curl).status != 0)
        }
    }

    @Test(arguments: [
        ("DNS:prometheus.example", true), ("DNS:a.prometheus.example", false), ("IP:192.0.2.7", true),
        ("IP:192.0.2.8", false), ("IP:2001:db8::1", true), ("email:ops@example.org", true),
        ("email:dev@example.org", false), ("URI:spiffe://example.org/prometheus", true),
        ("URI:spiffe://example.org/grafana", false),
        ("DNS:other.example,URI:spiffe://example.org/prometheus", true),
    ])
    func `compares the names of a client certificate`(_ names: String, _ isAllowed: Bool) async throws {
        let fixture = try await TLSFixture()
        let client = try await fixture.client("client", names: names)
        let authority = try fixture.pem(fixture.authority.certificate)
        let context = try fixture.context {
            ($0.clientAuthentication, $0.clientCAs) = (.requireAndVerify, authority)
            $0.allowedSANs = [
                "prometheus.example", "192.0.2.7", "2001:0db8:0::1", "ops@example.org",
                "spiffe://example.org/prometheus",
            ]
        }
        try await withEndpoint(tls: context, handler: echo) { _, port throws in
            #expect((try fixture.curl(port, client.curl).status == 0) == isAllowed)
        }
    }

    @Test func `allowed names imply a certificate with a name`() async throws {
        let fixture = try await TLSFixture()
        let nameless = try await fixture.client("nameless")
        let authority = try fixture.pem(fixture.authority.certificate)
        for type in ClientAuthentication.allCases where type != .none {
            let context = try fixture.context {
                ($0.clientAuthentication, $0.clientCAs) = (type, authority)
                $0.allowedSANs = ["nameless"]
            }
            try await withEndpoint(tls: context, handler: echo) { _, port throws in
                #expect(try fixture.curl(port).status != 0)
                #expect(try fixture.curl(port, nameless.curl).status != 0)
            }
        }
    }
}

extension TestIdentity {
    /// The curl arguments for this identity.
    fileprivate var curl: [String] { ["--cert", certificate, "--key", key] }
}
