// SPDX-License-Identifier: Apache-2.0

import CurlTransport
import HTTPTransport
import Testing

/// The token of these tests, which no error may contain.
let secret = "cfut_s3cr3t-0123456789"

/// Creates a transport with the program's settings, except for the given ones.
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
    /// Sends a GET request with the token.
    func get(
        _ url: String,
        timeout: Duration = .seconds(20),
        bodyLimit: Int = 1 << 20
    ) async throws(TransportError) -> HTTPResponse {
        try await send(
            HTTPRequest(url: url, credential: Credential(secret), timeout: timeout, bodyLimit: bodyLimit)
        )
    }

    /// Sends a GET request that must fail, and checks that no text of the error contains the token.
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
        #expect(!error.description.hasSuffix("."), sourceLocation: sourceLocation)
        return error
    }
}
