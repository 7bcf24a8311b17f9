// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import Glibc
import HTTPTransport
import TestSupport
import Testing

/// Each test runs in a process of its own, because the environment belongs to the process.
@Suite(.timeLimit(.minutes(1)))
struct ProxyTests {
    @Test func `connects to other hosts through the proxy, which never receives the token`() async {
        await #expect(processExitsWith: .success) {
            let proxy = try ScriptedServer { connection in
                if connection.readRequest() != nil { connection.answer("407 Proxy Authentication Required") }
            }
            unsafe setenv("https_proxy", "http://127.0.0.1:\(proxy.port)", 1)
            let error = await makeTransport().failure(of: "https://api.example.invalid/client/v4?x")
            #expect(error?.reason == .connect)
            #expect(error?.description.hasPrefix("GET https://api.example.invalid/client/v4: ") == true)
            #expect(error?.description.contains("407") == true)
            let request = try #require(proxy.requests.first)
            #expect(request.hasPrefix("CONNECT api.example.invalid:443 HTTP/1.1\r\n"))
            #expect(!request.contains(secret))
        }
    }

    @Test func `connects to this machine without a proxy`() async {
        await #expect(processExitsWith: .success) {
            let proxy = try ScriptedServer { _ in }
            let server = try ScriptedServer { connection in
                while connection.readRequest() != nil { connection.answer() }
            }
            for name in ["http_proxy", "https_proxy", "all_proxy"] {
                unsafe setenv(name, "http://127.0.0.1:\(proxy.port)", 1)
            }
            let transport = makeTransport()
            for host in ["127.0.0.1", "localhost"] {
                #expect(try await transport.get("http://\(host):\(server.port)/").status == 200)
            }
            #expect(proxy.acceptedConnections == 0)
        }
    }
}
