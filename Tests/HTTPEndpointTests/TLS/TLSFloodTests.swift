// SPDX-License-Identifier: Apache-2.0

@testable import HTTPEndpoint
import Foundation
import Glibc
import LinuxSystem
import TestSupport
import Testing

/// Clients that send TLS records without application data.
@Suite(.timeLimit(.minutes(2))) struct TLSFloodTests {
    /// A kind of record without application data.
    enum Flood: String, CaseIterable, Sendable {
        case keyUpdates = "key_updates"
        case answeredKeyUpdates = "answered_key_updates"
        case renegotiations
        case empty

        /// The newest version of TLS with such records.
        var version: String { self == .renegotiations ? "TLSv1_2" : "TLSv1_3" }
    }

    /// The folder of `tls_records.py`.
    private static let benchmarks = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Benchmarks").path

    /// Returns a Python program with a connection `client`, and `records(count)` of a kind.
    private static func program(_ flood: Flood, _ lines: String) -> String {
        """
        sys.path.insert(0, r"\(benchmarks)")
        from tls_records import *
        client = RecordClient(("127.0.0.1", port), ssl.TLSVersion.\(flood.version))
        records = client.\(flood.rawValue)
        \(lines)
        """
    }

    @Test(arguments: Flood.allCases)
    func `ends a connection without application data, and serves its neighbour`(_ flood: Flood) async throws {
        let fixture = try await TLSFixture()
        try await withEndpoint(tls: fixture.context(), handler: echo) { endpoint, port throws in
            let output = try fixture.python(
                port,
                Self.program(
                    flood,
                    """
                    neighbour = connect()
                    try:
                        client.socket.sendall(records(20_000))
                        client.socket.sendall(client.seal(APPLICATION_DATA, request("/late")))
                    except ConnectionError: pass
                    print(client.read())
                    neighbour.write(request("/neighbour"))
                    print(response(neighbour))
                    """
                )
            )
            #expect(output == "b''\nb'GET /neighbour? '\n")
            #expect(endpoint.statistics.requests == 1)
        }
    }

    // Python's `ssl` gives up at the alert that refuses a renegotiation.
    @Test(arguments: [Flood.keyUpdates, .answeredKeyUpdates, .empty])
    func `accepts a few records without application data`(_ flood: Flood) async throws {
        let fixture = try await TLSFixture()
        try await withEndpoint(tls: fixture.context(), handler: echo) { endpoint, port throws in
            let output = try fixture.python(
                port,
                Self.program(
                    flood,
                    """
                    for turn in range(4):
                        client.socket.sendall(records(20))
                        client.socket.sendall(client.seal(APPLICATION_DATA, request("/%d" % turn)))
                        print(b"GET /%d? " % turn in client.read())
                    """
                )
            )
            #expect(output == "True\nTrue\nTrue\nTrue\n")
        }
    }

    @Test func `a record that arrives byte by byte delays no neighbour`() async throws {
        let fixture = try await TLSFixture()
        try await withEndpoint(tls: fixture.context(), handler: echo) { endpoint, port throws in
            let output = try fixture.python(
                port,
                Self.program(
                    .empty,
                    """
                    neighbour = connect()
                    def drip(stream, data):
                        for byte in data:
                            stream.sendall(bytes([byte]))
                            # The endpoint reads each byte alone, because it answers the neighbour in between.
                            neighbour.write(request("/neighbour"))
                            response(neighbour)
                    hello = ssl.MemoryBIO()
                    try: context().wrap_bio(ssl.MemoryBIO(), hello, server_hostname="a").do_handshake()
                    except ssl.SSLWantReadError: hello = hello.read()
                    handshake = raw()
                    drip(handshake, hello[:100])
                    handshake.sendall(hello[100:])
                    print(handshake.recv(1))
                    drip(client.socket, client.seal(APPLICATION_DATA, request("/slow")))
                    print(b"GET /slow? " in client.read())
                    """
                )
            )
            #expect(output == "b'\\x16'\nTrue\n")
        }
    }

    @Test(arguments: Flood.allCases)
    func `one read handles a bounded number of records`(_ flood: Flood) async throws {
        let fixture = try await TLSFixture()
        let context = try fixture.context()
        let listener = try Listener(.tcp(host: "127.0.0.1", port: 0))
        let port = listener.address.port
        // Such a thread blocks SIGPIPE, as the endpoint thread does.
        let consumed = try await DetachedThread.run(named: "test") {
            Result {
                try Self.consumedBytes(listener, context) {
                    try fixture.python(
                        port,
                        Self.program(flood, "client.socket.sendall(records(2_000)); client.read()")
                    )
                }
            }
        }.get()
        // A record of the floods has at least 22 bytes. OpenSSL may read its header and its content separately.
        #expect(consumed > 0)
        #expect(consumed <= 64 * 40, "one read has consumed \(consumed) bytes")
    }
}

extension TLSFloodTests {
    /// Accepts one client, and reads until the stream ends.
    ///
    /// - Returns: the most bytes that one read after the handshake has consumed.
    private static func consumedBytes(
        _ listener: Listener,
        _ context: TLSContext,
        client: @escaping @Sendable () throws -> String
    ) throws -> Int {
        let ended = Events<Void>()
        try DetachedThread.start(named: "client") {
            _ = try? client()
            ended.record(())
        }
        try wait(for: listener.descriptor.rawValue)
        guard let accepted = try listener.accept()?.intoDescriptor(),
            let stream = TLSStream(context, on: accepted.rawValue)
        else { throw Errno.noMemory }
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        var most = 0
        while true {
            try wait(for: accepted.rawValue)
            let (before, wasEstablished) = (unread(accepted.rawValue), stream.isEstablished)
            let result = stream.read(into: &buffer)
            if wasEstablished { most = max(most, before - unread(accepted.rawValue)) }
            switch result {
            case .blocked, .bytes: continue
            default: break
            }
            break
        }
        shutdown(accepted.rawValue, Int32(SHUT_RDWR))
        try ended.next(within: 30)
        return most
    }

    private static func wait(for descriptor: Int32) throws {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard try retrying({ unsafe poll(&waiting, 1, 20_000) }) == 1 else {
            throw Errno(rawValue: ETIMEDOUT)
        }
    }

    /// Returns the number of bytes that the kernel holds for a socket.
    private static func unread(_ descriptor: Int32) -> Int {
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        return max(0, unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_PEEK | MSG_DONTWAIT)))
    }
}
