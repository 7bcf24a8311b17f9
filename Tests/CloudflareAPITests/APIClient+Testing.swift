// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import FoundationEssentials
import HTTPTransport
import Testing

/// The token of these tests.
///
/// It must not occur in any error.
let secret = "cfut_s3cr3t-0123456789"

/// Makes a client with a transport of the test.
func makeClient(_ transport: FixedTransport, base: String = "https://api.example/client/v4") throws
    -> APIClient
{
    APIClient(transport: transport, baseURL: try BaseURL(base), requestTimeout: .seconds(7))
}

/// Returns the token as a credential.
func credential() throws -> Credential { try #require(Credential(secret)) }

extension APIClient {
    /// Sends one request to an endpoint.
    func call(_ endpoint: APIEndpoint) async throws {
        let credential = try credential()
        switch endpoint {
        case .connectors: _ = try await connectors(account: "acc", credential: credential)
        case .sites: _ = try await sites(account: "acc", credential: credential)
        case .snapshots:
            let query = EventQuery(from: 1, to: 2)
            _ = try await snapshots(account: "acc", connector: "con", query: query, credential: credential)
        case .latestSnapshot:
            _ = try await latestSnapshot(account: "acc", connector: "con", credential: credential)
        case .token: _ = try await tokenStatus(account: "acc", credential: credential)
        case .events:
            let query = EventQuery(from: 1, to: 2)
            _ = try await events(account: "acc", connector: "con", query: query, credential: credential)
        case .event: _ = try await event(account: "acc", connector: "con", t: 0, n: 0, credential: credential)
        case .latest: _ = try await latestEvents(account: "acc", connector: "con", credential: credential)
        }
    }

    /// Gets a page of events.
    func page() async throws -> APIReply<EventPage> {
        try await events(
            account: "acc",
            connector: "con",
            query: EventQuery(from: 1, to: 2),
            credential: try credential()
        )
    }
}

/// Sends a request that must fail, and checks that the error does not contain the token.
func failure(
    _ transport: FixedTransport,
    _ endpoint: APIEndpoint = .events,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws -> APIError {
    let client = try makeClient(transport)
    let error = try #require(
        await #expect(throws: APIError.self, sourceLocation: sourceLocation) {
            try await client.call(endpoint)
        }
    )
    var dumped = ""
    dump(error, to: &dumped)
    for text in [error.description, String(reflecting: error), dumped] {
        #expect(!text.contains(secret) && !text.contains("Bearer"), sourceLocation: sourceLocation)
    }
    #expect(error.endpoint == endpoint, sourceLocation: sourceLocation)
    return error
}

/// The files in `Fixtures`.
enum Fixture {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "Fixtures"
    )

    /// Reads a file.
    static func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: folder.appending(path: name)), as: UTF8.self)
    }

    /// Lists the files with a suffix.
    ///
    /// The names do not contain the suffix.
    static func names(endingIn end: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(end) }
            .map { String($0.dropLast(end.count)) }
            .sorted()
    }
}
