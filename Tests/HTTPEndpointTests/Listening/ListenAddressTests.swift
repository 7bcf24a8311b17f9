// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import Logging
import Testing

@Suite struct ListenAddressTests {
    @Test(arguments: [
        (":10977", ListenAddress.tcp(host: nil, port: 10977)),
        ("127.0.0.1:0", .tcp(host: "127.0.0.1", port: 0)),
        ("[::1]:9", .tcp(host: "::1", port: 9)),
        ("localhost:65535", .tcp(host: "localhost", port: 65535)),
        ("unix:80", .tcp(host: "unix", port: 80)),
        ("unix:/run/exporter.sock", .unix(path: "/run/exporter.sock")),
        ("unix:/a:9", .unix(path: "/a:9")),
    ])
    func `an address is read as it is written`(_ text: String, _ address: ListenAddress) throws {
        #expect(try ListenAddress.parse(text) == address)
        #expect(address.description == text)
    }

    @Test(arguments: [
        ("", "it has no port"),
        ("10977", "it has no port"),
        ("host:", "\"\" is not a port between 0 and 65535"),
        (":65536", "\"65536\" is not a port between 0 and 65535"),
        (":-1", "\"-1\" is not a port between 0 and 65535"),
        (":+1", "\"+1\" is not a port between 0 and 65535"),
        (":000001", "\"000001\" is not a port between 0 and 65535"),
        ("::1:9", "an IPv6 address stands in brackets"),
        ("[::1:9", "a bracket is missing"),
        ("[]:9", "a bracket is missing"),
        ("[localhost]:9", "only an IPv6 address stands in brackets"),
        ("[::\u{5}1]:9", "only an IPv6 address stands in brackets"),
        ("http://a:9", "an IPv6 address stands in brackets"),
        ("a/b:9", "\"a/b\" is not a host"),
        ("a b:9", "\"a b\" is not a host"),
        ("unix:run/exporter.sock", "\"run/exporter.sock\" is not a port between 0 and 65535"),
        ("unix:/", "it names no file"),
        ("unix:/run/", "it names no file"),
        ("unix:/" + String(repeating: "x", count: 107), "a socket's path has at most 107 bytes"),
    ])
    func `a bad address says how to write it`(_ text: String, _ reason: String) {
        let error = #expect(throws: EndpointError.self) { try ListenAddress.parse(text) }
        #expect(
            error?.description == "\"\(text)\" is not an address to listen on: \(reason); "
                + "write it like :10977, 127.0.0.1:10977, [::1]:10977, localhost:10977 or unix:/run/exporter.sock."
        )
    }

    private static func endpoint(_ addresses: ListenAddress...) throws -> HTTPEndpoint {
        try HTTPEndpoint(listening: addresses, logger: Logger(label: "test"), handler: echo)
    }

    @Test func `a port in use is an error that says what to do`() throws {
        let first = try Self.endpoint(.tcp(host: "127.0.0.1", port: 0))
        let port = first.addresses[0].port
        #expect(first.addresses[0].description == "127.0.0.1:\(port)")
        let error = #expect(throws: EndpointError.self) {
            try Self.endpoint(.tcp(host: "127.0.0.1", port: port))
        }
        #expect(error?.errno == 98)
        #expect(
            error?.description == "cannot listen on 127.0.0.1:\(port): Address already in use (errno 98). "
                + "Another process has this port (`ss -ltnp` shows which): stop it, or choose another port."
        )
    }

    @Test func `an address of another machine is an error that says what to do`() {
        let error = #expect(throws: EndpointError.self) {
            try Self.endpoint(.tcp(host: "192.0.2.1", port: 0))
        }
        #expect(
            error?.description == "cannot listen on 192.0.2.1:0: Cannot assign requested address (errno 99). "
                + "No interface of this machine has this address: choose one that has, or leave the host out."
        )
    }

    @Test func `a name without an address is an error that names it`() {
        let error = #expect(throws: EndpointError.self) {
            try Self.endpoint(.tcp(host: "999.999.999.999", port: 0))
        }
        #expect(
            error?.description.hasPrefix(
                "cannot listen on 999.999.999.999:0: \"999.999.999.999\" has no address ("
            ) == true
        )
    }

    @Test func `no address at all is an error`() {
        #expect(throws: EndpointError.self) { try Self.endpoint() }
    }

    @Test func `several addresses are listened on in the order given`() throws {
        let endpoint = try Self.endpoint(.tcp(host: "127.0.0.1", port: 0), .tcp(host: "localhost", port: 0))
        #expect(endpoint.addresses.map(\.host) == ["127.0.0.1", "127.0.0.1"])
        #expect(endpoint.addresses[0].port != endpoint.addresses[1].port)
        #expect(endpoint.addresses.allSatisfy { $0.port > 0 })
    }
}
