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
    func `parses an address`(_ text: String, _ address: ListenAddress) throws {
        #expect(try ListenAddress.parse(text) == address)
        #expect(address.description == text)
    }

    @Test(arguments: [
        ("", "the port is missing"),
        ("10977", "the port is missing"),
        ("host:", "\"\" is not a port between 0 and 65535"),
        (":65536", "\"65536\" is not a port between 0 and 65535"),
        (":-1", "\"-1\" is not a port between 0 and 65535"),
        (":+1", "\"+1\" is not a port between 0 and 65535"),
        (":000001", "\"000001\" is not a port between 0 and 65535"),
        ("::1:9", "an IPv6 address needs brackets"),
        ("[::1:9", "a bracket is missing"),
        ("[]:9", "a bracket is missing"),
        ("[localhost]:9", "brackets may only hold an IPv6 address"),
        ("[::\u{5}1]:9", "brackets may only hold an IPv6 address"),
        ("http://a:9", "an IPv6 address needs brackets"),
        ("a/b:9", "\"a/b\" is not a host"),
        ("a b:9", "\"a b\" is not a host"),
        ("unix:run/exporter.sock", "\"run/exporter.sock\" is not a port between 0 and 65535"),
        ("unix:/", "the path is not that of a file"),
        ("unix:/run/", "the path is not that of a file"),
        ("unix:/" + String(repeating: "x", count: 107), "the path of a socket has at most 107 bytes"),
    ])
    func `rejects a malformed address with examples`(_ text: String, _ reason: String) {
        let error = #expect(throws: EndpointError.self) { try ListenAddress.parse(text) }
        #expect(
            error?.description == "\"\(text)\" is not an address to listen on: \(reason); "
                + "use for example :10977, 127.0.0.1:10977, [::1]:10977, localhost:10977 or unix:/run/exporter.sock"
        )
    }

    private static func endpoint(_ addresses: ListenAddress...) throws -> HTTPEndpoint {
        try HTTPEndpoint(listening: addresses, logger: Logger(label: "test"), handler: echo)
    }

    @Test func `reports a port in use`() throws {
        let first = try Self.endpoint(.tcp(host: "127.0.0.1", port: 0))
        let port = first.addresses[0].port
        #expect(first.addresses[0].description == "127.0.0.1:\(port)")
        let error = #expect(throws: EndpointError.self) {
            try Self.endpoint(.tcp(host: "127.0.0.1", port: port))
        }
        #expect(error?.errno == 98)
        #expect(
            error?.description == "cannot listen on 127.0.0.1:\(port): Address already in use (errno 98); "
                + "another process uses this port (`ss -ltnp` lists it); stop it, or choose another port"
        )
    }

    @Test func `reports an address of another machine`() {
        let error = #expect(throws: EndpointError.self) {
            try Self.endpoint(.tcp(host: "192.0.2.1", port: 0))
        }
        #expect(
            error?.description == "cannot listen on 192.0.2.1:0: Cannot assign requested address (errno 99); "
                + "no interface of this machine has this address; choose one that exists, or omit the host"
        )
    }

    @Test func `reports a name without an address`() {
        let error = #expect(throws: EndpointError.self) {
            try Self.endpoint(.tcp(host: "999.999.999.999", port: 0))
        }
        #expect(
            error?.description.hasPrefix(
                "cannot listen on 999.999.999.999:0: \"999.999.999.999\" has no address ("
            ) == true
        )
    }

    @Test func `rejects an empty address list`() {
        #expect(throws: EndpointError.self) { try Self.endpoint() }
    }

    @Test func `listens on several addresses in the given order`() throws {
        let endpoint = try Self.endpoint(.tcp(host: "127.0.0.1", port: 0), .tcp(host: "localhost", port: 0))
        #expect(endpoint.addresses.map(\.host) == ["127.0.0.1", "127.0.0.1"])
        #expect(endpoint.addresses[0].port != endpoint.addresses[1].port)
        #expect(endpoint.addresses.allSatisfy { $0.port > 0 })
    }
}
