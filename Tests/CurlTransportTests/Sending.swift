// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTransport
import Testing

/// The token of these tests, which no text may hold.
let secret = "cfut_s3cr3t-0123456789"

/// A transport as the program has it, but quicker to give up.
func makeTransport(
    connectTimeout: Duration = .seconds(5),
    connectionsPerHost: Int = 8,
    caFile: String? = nil,
    stallTimeout: Duration = .seconds(30)
) -> CurlTransport {
    CurlTransport(
        userAgent: "curl-transport-tests/1.0",
        connectTimeout: connectTimeout,
        connectionsPerHost: connectionsPerHost,
        caFile: caFile,
        stallTimeout: stallTimeout
    )
}

extension CurlTransport {
    /// Sends a GET with the token.
    func get(
        _ url: String,
        timeout: Duration = .seconds(20),
        bodyLimit: Int = 1 << 20
    ) async throws(TransportError) -> HTTPResponse {
        try await send(
            HTTPRequest(url: url, credential: Credential(secret), timeout: timeout, bodyLimit: bodyLimit)
        )
    }

    /// Sends a GET that must fail, and looks for the token in whatever can be printed of the error.
    func failure(
        of url: String,
        timeout: Duration = .seconds(20),
        bodyLimit: Int = 1 << 20,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async -> TransportError? {
        let error = await #expect(throws: TransportError.self, sourceLocation: sourceLocation) {
            try await self.get(url, timeout: timeout, bodyLimit: bodyLimit)
        }
        guard let error else { return nil }
        var dumped = ""
        dump(error, to: &dumped)
        for text in [error.description, String(reflecting: error), dumped] {
            #expect(!text.contains(secret) && !text.contains("Bearer"), sourceLocation: sourceLocation)
        }
        #expect(error.description.hasSuffix("."), "a sentence", sourceLocation: sourceLocation)
        return error
    }
}
