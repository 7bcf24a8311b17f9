// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport

/// Asks Cloudflare's API about connectors and their events.
///
/// It asks once: whoever owns the request budget owns the retries.
package struct APIClient: Sendable {
    private let transport: any HTTPTransport
    private let baseURL: BaseURL
    private let requestTimeout: Duration

    /// Makes a client, which holds no connection and no token.
    ///
    /// - Parameters:
    ///   - transport: what sends its requests.
    ///   - baseURL: where the API is.
    ///   - requestTimeout: the longest that an answer may take.
    package init(transport: any HTTPTransport, baseURL: BaseURL, requestTimeout: Duration) {
        self.transport = transport
        self.baseURL = baseURL
        self.requestTimeout = requestTimeout
    }

    /// Lists an account's connectors.
    ///
    /// - Parameters:
    ///   - account: the account's id.
    ///   - credential: a token with the permission "Magic WAN Read".
    /// - Returns: all of them: this endpoint has no pages.
    /// - Throws: why there is no list.
    ///
    /// Source: Cloudflare API, "List Connectors".
    package func connectors(
        account: String,
        credential: Credential
    ) async throws(APIError) -> APIReply<ConnectorList> {
        try await ask(APICall(.connectors, ["accounts", account, "magic", "connectors"]), credential)
    }

    /// Lists a page of a connector's events.
    ///
    /// - Parameters:
    ///   - account: the account's id.
    ///   - connector: the connector's id.
    ///   - query: the window, and the cursor of the page before.
    ///   - credential: a token with the permission "Magic WAN Read".
    /// - Returns: the page, and the cursor of the next.
    /// - Throws: why there is no page.
    ///
    /// Source: Cloudflare API, "List Events".
    package func events(
        account: String,
        connector: String,
        query: EventQuery,
        credential: Credential
    ) async throws(APIError) -> APIReply<EventPage> {
        let segments = Self.telemetry(account, connector)
        return try await ask(APICall(.events, segments, query: query.encoded), credential)
    }

    /// Gets one event with its payload.
    ///
    /// - Parameters:
    ///   - account: the account's id.
    ///   - connector: the connector's id.
    ///   - t: when the event was recorded, in seconds since the Unix epoch.
    ///   - n: its sequence number.
    ///   - credential: a token with the permission "Magic WAN Read".
    /// - Returns: that event and no other.
    /// - Throws: why there is no event; `.malformed` where the answer is about another one.
    ///
    /// Source: Cloudflare API, "Get Event".
    package func event(
        account: String,
        connector: String,
        t: Int,
        n: Int,
        credential: Credential
    ) async throws(APIError) -> APIReply<EventDetail> {
        // Integers, whatever their size: an exponent would name no event.
        let question = try APICall(.event, Self.telemetry(account, connector) + ["\(t).\(n)"])
        let reply: APIReply<EventDetail> = try await ask(question, credential)
        guard reply.value.t == t, reply.value.n == n else {
            throw APIError(
                reason: .malformed,
                endpoint: .event,
                path: question.path,
                status: reply.status,
                rateLimit: reply.rateLimit,
                detail: "the answer is about the event \(reply.value.t).\(reply.value.n)"
            )
        }
        return reply
    }

    /// Gets a connector's newest events with their payloads.
    ///
    /// - Parameters:
    ///   - account: the account's id.
    ///   - connector: the connector's id.
    ///   - credential: a token with the permission "Magic WAN Read".
    /// - Returns: as many as the API likes.
    /// - Throws: why there are no events.
    ///
    /// Source: Cloudflare API, "Get latest Events".
    package func latestEvents(
        account: String,
        connector: String,
        credential: Credential
    ) async throws(APIError) -> APIReply<LatestEvents> {
        try await ask(APICall(.latest, Self.telemetry(account, connector) + ["latest"]), credential)
    }
}

extension APIClient {
    private static func telemetry(_ account: String, _ connector: String) -> [String] {
        ["accounts", account, "magic", "connectors", connector, "telemetry", "events"]
    }

    private func ask<Value: Decodable & Sendable>(
        _ question: APICall,
        _ credential: Credential
    ) async throws(APIError) -> APIReply<Value> {
        let request = HTTPRequest(
            url: baseURL.description + question.target,
            credential: credential,
            timeout: requestTimeout
        )
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await transport.send(request)
        } catch {
            throw APIError(error, to: question)
        }
        return try ResponseDecoder(response, to: question).decoded()
    }
}
