// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import HTTPEndpoint
import LinuxSystem
import Logging
import TestSupport
import Testing

/// Slow, broken and hostile TLS clients.
@Suite(.timeLimit(.minutes(2))) struct TLSRobustnessTests {
    /// Returns a body in chunks of sizes around that of a record.
    ///
    /// Its bytes repeat 0...250.
    private static func body(_ count: Int) -> [[UInt8]] {
        var (chunks, start) = ([[UInt8]](), 0)
        for size in [1, 16_383, 3, 16_384, 16_385, 100, 40_000, 7, 8, 9] + [count] where start < count {
            let end = min(count, start + size)
            chunks.append((start..<end).map { UInt8($0 % 251) })
            start = end
        }
        return chunks
    }

    @Test(arguments: [0, 1, 16_384, 100_000, 1 << 20])
    func `sends a large response to a slow client`(_ count: Int) async throws {
        let fixture = try await TLSFixture()
        let body = Self.body(count)
        let handler: Handler = { $1.send(Response(status: 200, body: ResponseBody(body))) }
        try await withEndpoint(tls: fixture.context(), handler: handler) { _, port throws in
            let output = try fixture.python(
                port,
                """
                stream = connect(receive=2048)
                for _ in range(2):
                    stream.write(request("/"))
                    print(response(stream) == bytes(i % 251 for i in range(\(count))))
                stream.write(request("/", "Connection: close"))
                print(response(stream) == bytes(i % 251 for i in range(\(count))))
                print(stream.read(1) == b"")
                """
            )
            // Without close_notify, Python would raise an error at the last line.
            #expect(output == "True\nTrue\nTrue\nTrue\n")
        }
    }

    @Test func `answers pipelined requests in order`() async throws {
        let fixture = try await TLSFixture()
        try await withEndpoint(tls: fixture.context(), handler: echo) { endpoint, port throws in
            let output = try fixture.python(
                port,
                """
                stream = connect()
                stream.write(b"".join(request("/%d" % i) for i in range(200)))
                print(all(response(stream) == b"GET /%d? " % i for i in range(200)))
                """
            )
            #expect(output == "True\n")
            #expect(endpoint.statistics.acceptedConnections == 1)
        }
    }

    @Test(arguments: ["GET", "POST", "DELETE"])
    func `answers a request without TLS in clear text`(_ method: String) async throws {
        let fixture = try await TLSFixture()
        try await withEndpoint(tls: fixture.context(), handler: echo) { endpoint, port throws in
            let client = try RawHTTPClient(port: port)
            let reply = try client.exchange(method, "/")
            #expect(reply.status == 400)
            #expect(reply.text == "Client sent an HTTP request to an HTTPS server.")
            #expect(reply.header("connection") == "close")
            client.endSending()
            #expect(try client.rest().isEmpty)
            #expect(endpoint.statistics.requests == 0)
        }
    }

    @Test(arguments: [
        "",
        "import ssl; a, b = ssl.MemoryBIO(), ssl.MemoryBIO(); c = context().wrap_bio(a, b, server_hostname='a')",
    ])
    func `closes an unfinished handshake at the header timeout`(_ hello: String) async throws {
        let fixture = try await TLSFixture()
        let change: (inout Limits) -> Void = { $0.headerTimeout = .milliseconds(150) }
        try await withEndpoint(change, tls: fixture.context(), handler: echo) { endpoint, port throws in
            let sending = """
                try: c.do_handshake()
                except ssl.SSLWantReadError: pass
                stream.sendall(b.read())

                """
            let output = try fixture.python(
                port,
                """
                \(hello)
                stream = raw()
                \(hello.isEmpty ? "" : sending)
                while stream.recv(65536): pass
                print("closed")
                part = raw()
                part.sendall(b"\\x16\\x03\\x01\\x02")
                print(part.recv(1))
                """
            )
            #expect(output == "closed\nb''\n")
            #expect(endpoint.statistics.requests == 0)
        }
    }

    @Test func `garbage closes only its own connection`() async throws {
        let fixture = try await TLSFixture()
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        var inputs: [[UInt8]] = []
        for _ in 0..<200 {
            var bytes = (0..<Int.random(in: 1...400, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            // Half of them begin like a handshake.
            if Bool.random(using: &random) {
                bytes = [0x16, 3, UInt8.random(in: 0...4, using: &random), 0, 60, 1, 0, 0, 56, 3, 3] + bytes
            }
            inputs.append(bytes)
        }
        let garbage = inputs
        try await withEndpoint(tls: fixture.context(), handler: echo) { endpoint, port throws in
            for bytes in garbage {
                let client = try RawHTTPClient(port: port)
                try? client.send(bytes)
                client.endSending()
                _ = try? client.rest()
            }
            #expect(try fixture.curl(port).status == 0, "seed \(seed)")
            #expect(endpoint.statistics.requests == 1, "seed \(seed)")
        }
    }

    @Test func `detects a client that disconnects without close_notify`() async throws {
        let fixture = try await TLSFixture()
        let outcomes = Events<ResponseOutcome>()
        let handler: Handler = { request, responder in
            let response = Response(
                status: 200,
                body: [[UInt8](repeating: 0, count: 8 << 20)],
                onFinish: { outcomes.record($0) }
            )
            responder.send(response)
        }
        try await withEndpoint(tls: fixture.context(), handler: handler) { endpoint, port throws in
            let output = try fixture.python(
                port,
                """
                stream = connect(receive=2048)
                stream.write(request("/"))
                stream.read(1)
                socket.socket(fileno=stream.detach()).close()
                """
            )
            #expect(output.isEmpty)
            #expect(try outcomes.next() == .aborted)
        }
    }

    @Test func `completes the last response when the endpoint stops`() async throws {
        let fixture = try await TLSFixture()
        let responders = Events<Responder>()
        let handler: Handler = { responders.record($1) }
        try await withEndpoint(tls: fixture.context(), handler: handler) { endpoint, port throws in
            let client = Events<String>()
            try DetachedThread.start(named: "test") {
                let output = try? fixture.python(
                    port,
                    """
                    stream = connect()
                    stream.write(request("/"))
                    print(response(stream).decode(), stream.read(1))
                    """
                )
                client.record(output ?? "")
            }
            let responder = try responders.next()
            endpoint.stop(grace: .seconds(30))
            responder.send(.text(200, "bye"))
            #expect(try client.next() == "bye b''\n")
        }
    }

    @Test func `writing to a disconnected client raises no SIGPIPE`() async throws {
        let fixture = try await TLSFixture()
        let (certificate, key) = (fixture.server.certificate, fixture.server.key)
        await #expect(processExitsWith: .success) {
            [certificate = certificate as String, key = key as String] in
            signal(SIGPIPE, SIG_DFL)
            let read = { (path: String) in
                TLSSettings.PEM(source: path, bytes: Array(try Data(contentsOf: URL(fileURLWithPath: path))))
            }
            let settings = try TLSSettings(certificate: read(certificate), key: read(key))
            let outcomes = Events<ResponseOutcome>()
            let endpoint = try HTTPEndpoint(
                listening: [.tcp(host: "127.0.0.1", port: 0)],
                tls: TLSContext(settings),
                logger: quietLogger,
                handler: { _, responder in
                    let body = [UInt8](repeating: 0, count: 32 << 20)
                    responder.send(Response(status: 200, body: [body], onFinish: { outcomes.record($0) }))
                }
            )
            let port = endpoint.addresses[0].port
            let end = Task { await endpoint.run() }
            try await onThread { () throws in
                for _ in 0..<5 {
                    // The client disconnects during the response, and the rest is written to a reset socket.
                    _ = try runCommand(
                        [
                            "python3", "-c",
                            """
                            import socket, ssl, struct
                            made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                            made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
                            stream = made.wrap_socket(socket.create_connection(("127.0.0.1", \(port))))
                            stream.write(b"GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n")
                            stream.read(1)
                            """,
                        ]
                    )
                    #expect(try outcomes.next() == .aborted)
                }
            }
            endpoint.stop(grace: .zero)
            await end.value
        }
    }

    @Test func `an idle connection uses little memory`() async throws {
        let fixture = try await TLSFixture()
        let residents = Events<Int>()
        let handler: Handler = { request, responder in
            if request.path == "/memory" { residents.record(Self.residentBytes()) }
            responder.send(.text(200, "x"))
        }
        try await withEndpoint(tls: fixture.context(), handler: handler) { _, port throws in
            let output = try fixture.python(
                port,
                """
                def ask(stream, path):
                    stream.write(request(path))
                    response(stream)
                warm = [connect() for _ in range(100)]
                for stream in warm: ask(stream, "/")
                ask(warm[0], "/memory")
                more = [connect() for _ in range(400)]
                for stream in more: ask(stream, "/")
                ask(warm[0], "/memory")
                """
            )
            #expect(output.isEmpty)
            let (before, after) = try (residents.next(), residents.next())
            let perConnection = (after - before) / 400
            print("an idle TLS connection keeps \(perConnection >> 10) KB")
            #expect(perConnection < 100 << 10)
        }
    }

    private static func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
        return (Int(text.split(separator: " ")[1]) ?? 0) * 4096
    }
}
