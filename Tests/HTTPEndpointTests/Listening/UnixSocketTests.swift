// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import HTTPEndpoint
import TestSupport
import Testing

/// Endpoints on a Unix socket.
@Suite(.timeLimit(.minutes(1))) struct UnixSocketTests {
    private static func endpoint(_ path: String) throws -> HTTPEndpoint {
        try HTTPEndpoint(
            listening: [.unix(path: path)],
            logger: quietLogger,
            handler: { $1.send(.text(200, "\($0.path) \($0.peer)")) }
        )
    }

    private static func message(_ path: String) -> String? {
        let error = #expect(throws: EndpointError.self) { try endpoint(path) }
        return error?.description
    }

    /// Creates a stale socket file, as a killed process leaves it behind.
    private static func leaveSocket(at path: String) throws {
        let left = try runCommand([
            "python3", "-c", "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])", path,
        ])
        #expect(left.status == 0, "\(left.output)")
    }

    private static func mode(_ path: String) -> mode_t? {
        var status = stat()
        return unsafe lstat(path, &status) == 0 ? status.st_mode : nil
    }

    @Test func `removes the socket file at the end`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("web.sock")
        try await onThread { try Self.leaveSocket(at: path) }
        let endpoint = try Self.endpoint(path)
        #expect(endpoint.addresses.map(\.description) == ["unix:\(path)"])
        #expect(endpoint.addresses[0].path == path)
        #expect(Self.mode(path) == S_IFSOCK | 0o660)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addImmediateTask { await endpoint.run() }
            let result = try await onThread {
                try runCommand([
                    "curl", "-sS", "--max-time", "20", "--unix-socket", path, "http://a/one", "http://a/two",
                ])
            }
            #expect(result.output == "/one unix:/two unix:")
            endpoint.stop(grace: .zero)
            try await group.waitForAll()
        }
        #expect(Self.mode(path) == nil)
    }

    @Test func `serves TLS on a Unix socket`() async throws {
        let fixture = try await TLSFixture()
        let path = fixture.directory.file("web.sock")
        let endpoint = try HTTPEndpoint(
            listening: [.unix(path: path)],
            tls: fixture.context(),
            logger: quietLogger,
            handler: echo
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addImmediateTask { await endpoint.run() }
            let result = try await onThread {
                try runCommand([
                    "curl", "-sS", "--max-time", "20", "--unix-socket", path, "--cacert",
                    fixture.authority.certificate, "https://localhost/one",
                ])
            }
            #expect(result.output == "GET /one? ")
            endpoint.stop(grace: .zero)
        }
    }

    @Test func `rejects a socket in use and keeps its file`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("web.sock")
        let first = try Self.endpoint(path)
        #expect(
            Self.message(path) == "cannot listen on unix:\(path): another process listens on it "
                + "(`ss -lxp` lists it); stop it, or choose another path"
        )
        #expect(Self.mode(path) != nil)
        first.stop(grace: .zero)
        #expect(Self.mode(path) == nil)
        try Self.endpoint(path).stop(grace: .zero)
    }

    @Test func `keeps a file that is not a socket`() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("precious", to: "web.sock")
        #expect(Self.message(path)?.contains("a file that is not a socket has this path") == true)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
    }

    @Test func `reports a missing directory`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("missing/web.sock")
        #expect(
            Self.message(path) == "cannot listen on unix:\(path): No such file or directory (errno 2); "
                + "create its directory first"
        )
    }

    @Test func `keeps the socket file of another process`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("web.sock")
        let first = try Self.endpoint(path)
        try FileManager.default.moveItem(atPath: path, toPath: directory.file("moved"))
        let second = try Self.endpoint(path)
        first.stop(grace: .zero)
        #expect(Self.mode(path) != nil)
        second.stop(grace: .zero)
        #expect(Self.mode(path) == nil)
    }
}
