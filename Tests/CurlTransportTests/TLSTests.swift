// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTransport
import TestSupport
import Testing

/// Whom the transport believes.
@Suite(.timeLimit(.minutes(1)))
struct TLSTests {
    @Test func `a certificate that nobody has signed is refused`() async throws {
        let server = try await OpenSSLServer(names: "IP:127.0.0.1")
        let error = await makeTransport().failure(of: "https://127.0.0.1:\(server.port)/x?y")
        #expect(error?.reason == .tls)
        #expect(
            error?.description
                == "GET https://127.0.0.1:\(server.port)/x: SSL certificate problem: self-signed certificate."
        )
    }

    @Test func `a certificate that is trusted is accepted`() async throws {
        let server = try await OpenSSLServer(names: "IP:127.0.0.1,DNS:localhost")
        let transport = makeTransport(caFile: server.certificate)
        for host in ["127.0.0.1", "localhost"] {
            let response = try await transport.get("https://\(host):\(server.port)/")
            #expect(response.status == 200)
            #expect(String(decoding: response.body, as: UTF8.self).contains("TLSv1.3"))
        }
    }

    @Test func `a certificate for another name is refused`() async throws {
        let server = try await OpenSSLServer(names: "DNS:api.example.invalid,IP:127.0.0.2")
        let transport = makeTransport(caFile: server.certificate)
        #expect(await transport.failure(of: "https://127.0.0.1:\(server.port)/")?.reason == .tls)
        #expect(await transport.failure(of: "https://localhost:\(server.port)/")?.reason == .tls)
    }

    @Test func `TLS 1_2 is spoken and TLS 1_1 is not`() async throws {
        let old = try await OpenSSLServer(
            names: "IP:127.0.0.1",
            options: ["-www", "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]
        )
        let error = await makeTransport(caFile: old.certificate).failure(of: "https://127.0.0.1:\(old.port)/")
        #expect(error?.reason == .tls)
        let new = try await OpenSSLServer(names: "IP:127.0.0.1", options: ["-www", "-tls1_2"])
        let response = try await makeTransport(caFile: new.certificate).get("https://127.0.0.1:\(new.port)/")
        #expect(String(decoding: response.body, as: UTF8.self).contains("TLSv1.2"))
    }

    @Test func `a file of certificates that is missing trusts nobody`() async throws {
        let server = try await OpenSSLServer(names: "IP:127.0.0.1")
        let transport = makeTransport(caFile: "/nowhere/ca.pem")
        #expect(await transport.failure(of: "https://127.0.0.1:\(server.port)/")?.reason == .tls)
    }

    @Test func `a port that speaks no TLS is an error of TLS`() async throws {
        let server = try ScriptedServer { connection in
            connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.waitForEnd()
        }
        #expect(await makeTransport().failure(of: "https://127.0.0.1:\(server.port)/")?.reason == .tls)
    }

    @Test func `HTTP 2 is spoken where it is offered`() async throws {
        let server = try await OpenSSLServer(names: "IP:127.0.0.1", options: ["-alpn", "h2,http/1.1"])
        let transport = makeTransport(caFile: server.certificate)
        let url = "https://127.0.0.1:\(server.port)/"
        // s_server prints what it decrypts: the preface of HTTP/2 (RFC 9113, 3.4), and never answers it.
        let task = Task { try await transport.get(url, timeout: .seconds(30)) }
        var printed = ""
        while !printed.contains("PRI * HTTP/2.0"), case let text = try await server.read(), !text.isEmpty {
            printed += text
        }
        #expect(printed.contains("PRI * HTTP/2.0"))
        task.cancel()
        await #expect(throws: TransportError.self) { try await task.value }
    }
}
