// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPEndpoint
import Synchronization
import TestSupport
import Testing

/// TLS with curl, OpenSSL and Python as clients.
@Suite(.timeLimit(.minutes(2))) struct TLSTests {
    @Test func `reuses a TLS connection of curl`() async throws {
        let fixture = try await TLSFixture()
        try await withEndpoint(tls: fixture.context(), handler: echo) { endpoint, port throws in
            let (status, output) = try fixture.curl(port, path: "/[1-5]?a=b")
            #expect(status == 0)
            #expect(output == (1...5).map { "GET /\($0)?a=b " }.joined())
            #expect(endpoint.statistics.acceptedConnections == 1)
        }
    }

    @Test func `negotiates only http/1.1 by ALPN`() async throws {
        let fixture = try await TLSFixture()
        try await withEndpoint(tls: fixture.context(), handler: echo) { _, port throws in
            let both = try fixture.openSSL(port, ["-alpn", "h2,http/1.1"])
            #expect(both.output.contains("ALPN protocol: http/1.1"))
            #expect(both.output.contains("GET /seen?"))
            let other = try fixture.openSSL(port, ["-alpn", "h2"])
            #expect(other.status != 0)
            #expect(!other.output.contains("GET /seen?"))
            #expect(try fixture.openSSL(port).output.contains("No ALPN negotiated"))
        }
    }

    @Test(arguments: TLSVersion.allCases, TLSVersion.allCases)
    func `negotiates only versions within the range`(_ oldest: TLSVersion, _ newest: TLSVersion) async throws
    {
        guard oldest <= newest else { return }
        let fixture = try await TLSFixture()
        let context = try fixture.context { ($0.minimumVersion, $0.maximumVersion) = (oldest, newest) }
        try await withEndpoint(tls: context, handler: echo) { _, port throws in
            for (version, flag) in zip(TLSVersion.allCases, ["-tls1", "-tls1_1", "-tls1_2", "-tls1_3"]) {
                let output = try fixture.openSSL(port, [flag, "-cipher", "DEFAULT@SECLEVEL=0"]).output
                #expect(output.contains("GET /seen?") == (oldest...newest).contains(version), "\(version)")
            }
        }
    }

    @Test func `negotiates only the configured cipher suites, in server order`() async throws {
        let fixture = try await TLSFixture()
        let context = try fixture.context {
            $0.maximumVersion = .tls12
            $0.cipherSuites = [
                "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                "TLS_AES_128_GCM_SHA256",
            ]
        }
        try await withEndpoint(tls: context, handler: echo) { _, port throws in
            let (small, large) = ("ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384")
            #expect(try fixture.openSSL(port, ["-cipher", small]).output.contains("Cipher is \(small)"))
            let chosen = try fixture.openSSL(port, ["-cipher", "\(small):\(large)"]).output
            #expect(chosen.contains("Cipher is \(large)"))
            let other = try fixture.openSSL(port, ["-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305"])
            #expect(other.output.contains("handshake failure"))
            #expect(!other.output.contains("GET /seen?"))
        }
    }

    @Test func `negotiates only the configured curves`() async throws {
        let fixture = try await TLSFixture()
        let context = try fixture.context { $0.curves = ["CurveP384", "CurveP256"] }
        try await withEndpoint(tls: context, handler: echo) { _, port throws in
            #expect(try fixture.openSSL(port, ["-groups", "P-384"]).output.contains("GET /seen?"))
            #expect(try fixture.openSSL(port, ["-groups", "X25519:P-256"]).output.contains("GET /seen?"))
            #expect(try !fixture.openSSL(port, ["-groups", "X25519"]).output.contains("GET /seen?"))
        }
    }

    @Test func `rejects renegotiation`() async throws {
        let fixture = try await TLSFixture()
        try await withEndpoint(tls: fixture.context(), handler: echo) { _, port throws in
            let again = try runCommand(
                ["timeout", "20", "openssl", "s_client", "-connect", "127.0.0.1:\(port)", "-tls1_2"],
                input: "R\n"
            )
            #expect(again.output.contains("no renegotiation"))
        }
    }

    @Test func `resumes sessions only without client certificates`() async throws {
        let fixture = try await TLSFixture()
        for authentication in [ClientAuthentication.none, .request] {
            let context = try fixture.context { $0.clientAuthentication = authentication }
            try await withEndpoint(tls: context, handler: echo) { _, port throws in
                let file = fixture.directory.file("session-\(authentication)")
                _ = try fixture.openSSL(port, ["-tls1_2", "-sess_out", file])
                // Without a session ticket there is no file.
                let isGiven = FileManager.default.fileExists(atPath: file)
                let second = try fixture.openSSL(port, ["-tls1_2"] + (isGiven ? ["-sess_in", file] : []))
                    .output
                #expect(second.contains("GET /seen?"))
                #expect(second.contains("Reused, TLSv1.2") == (authentication == .none))
            }
        }
    }

    @Test func `sends the intermediate certificates`() async throws {
        let fixture = try await TLSFixture()
        let authority = try await TestIdentity(
            "middle",
            in: fixture.directory.path,
            signedBy: fixture.authority
        )
        let leaf = try await TestIdentity(
            "leaf",
            in: fixture.directory.path,
            names: "IP:127.0.0.1",
            signedBy: authority
        )
        let context = try fixture.context {
            $0.certificate.bytes =
                try! fixture.pem(leaf.certificate).bytes + fixture.pem(authority.certificate).bytes
            $0.key = try! fixture.pem(leaf.key)
        }
        try await withEndpoint(tls: context, handler: echo) { _, port throws in
            #expect(try fixture.curl(port).status == 0)
        }
    }

    @Test func `a new certificate applies to new connections only`() async throws {
        let fixture = try await TLSFixture()
        let next = try await TestIdentity(
            "next",
            in: fixture.directory.path,
            names: "IP:127.0.0.1",
            signedBy: fixture.authority
        )
        let replacement = try fixture.context {
            ($0.certificate, $0.key) = try! (fixture.pem(next.certificate), fixture.pem(next.key))
        }
        let replace = Mutex<(@Sendable () -> Bool)?>(nil)
        let handler: Handler = { request, responder in
            let isReplaced = request.path == "/replace" && replace.withLock { $0 }?() == true
            responder.send(.text(200, "\(request.path) \(isReplaced)"))
        }
        try await withEndpoint(tls: fixture.context(), handler: handler) { endpoint, port throws in
            replace.withLock { $0 = { endpoint.replaceTLS(replacement) } }
            let output = try fixture.python(
                port,
                """
                def name(stream): return dict(x[0] for x in stream.getpeercert()["subject"])["commonName"]
                begun = raw()
                first = connect()
                for path in ["/before", "/replace", "/after"]:
                    first.write(request(path))
                    print(name(first), response(first).decode())
                second = connect()
                second.write(request("/second"))
                print(name(second), response(second).decode())
                first.write(request("/last"))
                print(name(first), response(first).decode())
                """
            )
            #expect(
                output == """
                    server /before false
                    server /replace true
                    server /after false
                    next /second false
                    server /last false

                    """
            )
            replace.withLock { $0 = nil }
        }
    }

    @Test func `cannot switch TLS on or off`() async throws {
        let fixture = try await TLSFixture()
        let context = try fixture.context()
        try await withEndpoint(tls: context, handler: echo) { endpoint, port throws in
            #expect(endpoint.replaceTLS(nil) == false)
            #expect(try fixture.curl(port).status == 0)
        }
        try await withEndpoint(handler: echo) { endpoint, port throws in
            #expect(endpoint.replaceTLS(context) == false)
            #expect(try RawHTTPClient(port: port).exchange("GET", "/").status == 200)
        }
    }
}
