// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTransport
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct TLSTests {
    @Test func `rejects a self-signed certificate`() async throws {
        let server = try await OpenSSLServer(names: "IP:127.0.0.1")
        let error = await makeTransport().failure(of: "https://127.0.0.1:\(server.port)/x?y")
        #expect(error?.reason == .tls)
        #expect(
            error?.description
                == "GET https://127.0.0.1:\(server.port)/x: SSL certificate problem: self-signed certificate"
        )
    }

    @Test func `accepts a certificate in the CA file`() async throws {
        let server = try await OpenSSLServer(names: "IP:127.0.0.1,DNS:localhost")
        let transport = makeTransport(caFile: server.certificate)
        for host in ["127.0.0.1", "localhost"] {
            let response = try await transport.get("https://\(host):\(server.port)/")
            #expect(response.status == 200)
            #expect(String(decoding: response.body, as: UTF8.self).contains("TLSv1.3"))
        }
    }

    @Test func `rejects a certificate for another name`() async throws {
        let server = try await OpenSSLServer(names: "DNS:api.example.invalid,IP:127.0.0.2")
        let transport = makeTransport(caFile: server.certificate)
        #expect(await transport.failure(of: "https://127.0.0.1:\(server.port)/")?.reason == .tls)
        #expect(await transport.failure(of: "https://localhost:\(server.port)/")?.reason == .tls)
    }

    @Test func `accepts TLS 1_2 and rejects TLS 1_1`() async throws {
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

    @Test func `trusts no certificate if the CA file is missing`() async throws {
        let server = try await OpenSSLServer(names: "IP:127.0.0.1")
        let transport = makeTransport(caFile: "/nowhere/ca.pem")
        #expect(await transport.failure(of: "https://127.0.0.1:\(server.port)/")?.reason == .tls)
    }

    @Test func `reports a server without TLS as a TLS error`() async throws {
        let server = try ScriptedServer { connection in
            connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
            connection.waitForEnd()
        }
        #expect(await makeTransport().failure(of: "https://127.0.0.1:\(server.port)/")?.reason == .tls)
    }

    @Test func `uses HTTP 2 if the server offers it`() async throws {
        let server = try await OpenSSLServer(names: "IP:127.0.0.1", options: ["-alpn", "h2,http/1.1"])
        let transport = makeTransport(caFile: server.certificate)
        let url = "https://127.0.0.1:\(server.port)/"
        // s_server prints the decrypted bytes, which start with the preface of HTTP/2 (RFC 9113, 3.4). It never responds.
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
