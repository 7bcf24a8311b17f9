// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct HostMiddlewareTests {
    private static func status(_ host: String?, _ path: String = "/metrics", allowing hosts: [String]) throws
        -> Int
    {
        let responses = Events<Response>()
        let handler = HostMiddleware(allowing: hosts).wrapping { $1.send(.text(200, "")) }
        let headers = Headers(host.map { [("Host", $0)] } ?? [])
        handler(Request(path: path, headers: headers), Responder { responses.record($0) })
        return try responses.next(within: 0).status
    }

    @Test(arguments: [
        "exporter.example", "exporter.example:10977", "EXPORTER.Example", "exporter.example.",
        "exporter.example.:80",
        "10.1.2.3", "10.1.2.3:10977", "[2001:DB8::1]", "[2001:db8::1]:10977", "[::1]:443",
    ])
    func `allows listed hosts on any port`(_ host: String) throws {
        let hosts = ["Exporter.example.", "10.1.2.3", "2001:db8::1", "[::1]"]
        #expect(try Self.status(host, allowing: hosts) == 200)
    }

    @Test(arguments: [
        nil, "", ":10977", "rebound.evil.example", "exporter.example.evil.example", "evil-exporter.example",
        "10.1.2.4",
        "127.0.0.1:10977", "localhost", "[::2]", "::1", "exporter.example..",
    ])
    func `rejects other hosts`(_ host: String?) throws {
        let hosts = ["exporter.example", "10.1.2.3", "[2001:db8::1]"]
        #expect(try Self.status(host, allowing: hosts) == 421)
        #expect(try Self.status(host, "/", allowing: hosts) == 421)
    }

    @Test func `allows health checks with any host`() throws {
        for path in ["/-/healthy", "/-/ready"] {
            #expect(try Self.status("10.0.0.9:10977", path, allowing: ["exporter.example"]) == 200)
        }
    }

    @Test func `allows every host if none is listed`() throws {
        for host in [nil, "", "rebound.evil.example"] { #expect(try Self.status(host, allowing: []) == 200) }
    }

    @Test func `compares the authority of an absolute target, and keeps the connection`() async throws {
        let handler = HostMiddleware(allowing: ["exporter.example"]).wrapping(echo)
        try await withEndpoint(handler: handler) { endpoint, port throws in
            let client = try RawHTTPClient(port: port)
            try client.send("GET http://evil.example/ HTTP/1.1\r\nHost: exporter.example\r\n\r\n")
            let reply = try client.response()
            #expect(reply.status == 421)
            #expect(reply.text.contains("--web.allowed-host"))
            try client.send("GET http://exporter.example/a HTTP/1.1\r\nHost: evil.example\r\n\r\n")
            #expect(try client.response().text == "GET /a? ")
            #expect(endpoint.statistics.acceptedConnections == 1)
        }
    }
}
