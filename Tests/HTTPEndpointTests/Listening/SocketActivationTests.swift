// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPEndpoint
import TestSupport
import Testing

/// Sockets passed by systemd.
@Suite(.timeLimit(.minutes(1))) struct SocketActivationTests {
    @Test func `reads the passed descriptors from the environment`() throws {
        let environment = ["LISTEN_PID": "7", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "web:"]
        #expect(
            try SocketActivation.addresses(in: environment, process: 7) == [
                .inherited(descriptor: 3, name: "web"), .inherited(descriptor: 4),
            ]
        )
        #expect(try SocketActivation.addresses(in: environment, process: 8).isEmpty)
        #expect(try SocketActivation.addresses(in: [:], process: 7).isEmpty)
        #expect(try SocketActivation.addresses(in: ["LISTEN_PID": "7"], process: 7).isEmpty)
        #expect(
            try SocketActivation.addresses(in: ["LISTEN_PID": "7", "LISTEN_FDS": "1"], process: 7)
                == [.inherited(descriptor: 3)]
        )
        #expect(ListenAddress.inherited(descriptor: 3, name: "web").description == "inherited socket 3 (web)")
    }

    @Test(arguments: [
        ["LISTEN_PID": "x", "LISTEN_FDS": "1"], ["LISTEN_PID": "7", "LISTEN_FDS": "-1"],
        ["LISTEN_PID": "7", "LISTEN_FDS": "99999999999"],
        ["LISTEN_PID": "7", "LISTEN_FDS": "1", "LISTEN_FDNAMES": "a:b"],
    ])
    func `rejects malformed variables`(_ environment: [String: String]) {
        #expect(throws: EndpointError.self) { try SocketActivation.addresses(in: environment, process: 7) }
    }

    @Test func `rejects an environment without sockets`() {
        let error = #expect(throws: EndpointError.self) { try SocketActivation.requiredAddresses(in: [:]) }
        #expect(error?.description.hasPrefix("--web.systemd-socket: systemd has passed no sockets") == true)
    }

    @Test func `serves a passed socket and keeps its file`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("passed.sock")
        let made = try HTTPEndpoint(listening: [.unix(path: path)], logger: quietLogger, handler: echo)
        _ = made
        // A second descriptor of the same listening socket, as a child process would inherit it. Tests that run at the same
        // time may have opened thousands of descriptors.
        let number = try #require((3..<65_536 as Range<Int32>).first { Self.listens($0, on: path) })
        let passed = dup(number)
        let endpoint = try HTTPEndpoint(
            listening: [.inherited(descriptor: passed, name: "web")],
            logger: quietLogger,
            handler: echo
        )
        #expect(endpoint.addresses[0].description == "unix:\(path)")
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addImmediateTask { await endpoint.run() }
            let result = try await onThread {
                try runCommand(["curl", "-sS", "--max-time", "20", "--unix-socket", path, "http://a/x"])
            }
            #expect(result.output == "GET /x? ")
            endpoint.stop(grace: .zero)
            try await group.waitForAll()
        }
        #expect(unsafe access(path, F_OK) == 0)
    }

    @Test func `rejects a descriptor that is not a listening socket`() throws {
        var ends: [Int32] = [-1, -1]
        #expect(unsafe pipe(&ends) == 0)
        defer { close(ends[1]) }
        for number in [ends[0], 9_999] {
            let error = #expect(throws: EndpointError.self) {
                try HTTPEndpoint(
                    listening: [.inherited(descriptor: number)],
                    logger: quietLogger,
                    handler: echo
                )
            }
            #expect(error?.description.hasPrefix("cannot listen on inherited socket \(number): ") == true)
        }
    }

    private static func listens(_ number: Int32, on path: String) -> Bool {
        var storage = sockaddr_un()
        var length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let status = unsafe withUnsafeMutablePointer(to: &storage) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getsockname(number, $0, &length)
            }
        }
        guard status == 0, Int32(storage.sun_family) == AF_UNIX else { return false }
        let text = unsafe withUnsafeBytes(of: storage.sun_path) { bytes in
            unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return text == path
    }
}
