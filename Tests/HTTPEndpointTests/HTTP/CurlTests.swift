// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPEndpoint
import TestSupport
import Testing

/// curl as a client.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/curl")), .timeLimit(.minutes(1)))
struct CurlTests {
    @Test func `reuses a connection of curl`() async throws {
        try await withEndpoint(handler: echo) { endpoint, port throws in
            let output = try Self.curl("http://127.0.0.1:\(port)/[1-5]?a=b")
            #expect(output == (1...5).map { "GET /\($0)?a=b " }.joined())
            #expect(endpoint.statistics.acceptedConnections == 1)
        }
    }

    @Test func `serves curl over HTTP/1.0`() async throws {
        try await withEndpoint(handler: echo) { _, port throws in
            #expect(try Self.curl("--http1.0", "http://127.0.0.1:\(port)/x") == "GET /x? ")
        }
    }

    @Test func `accepts bodies of curl with Expect and in chunks`() async throws {
        try await withEndpoint(handler: echo) { _, port throws in
            let url = "http://127.0.0.1:\(port)/"
            #expect(try Self.curl("-d", "hello", "-H", "Expect: 100-continue", url) == "POST /? hello")
            #expect(try Self.curl("-d", "hello", "-H", "Transfer-Encoding: chunked", url) == "POST /? hello")
        }
    }

    private static func curl(_ arguments: String...) throws -> String {
        let (status, output) = try runCommand(
            ["curl", "-sS", "--fail", "--max-time", "20", "--noproxy", "*"] + arguments
        )
        #expect(status == 0)
        return output
    }
}
