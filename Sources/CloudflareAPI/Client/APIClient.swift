// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport

/// A client of Cloudflare's API for connectors and their events.
///
/// It sends each request once. Retries belong to the owner of the request budget.
package struct APIClient: Sendable {
    private let transport: any HTTPTransport
    private let baseURL: BaseURL
    private let requestTimeout: Duration

    /// Makes a client, which holds no connection and no token.
    ///
    /// - Parameters:
    ///   - transport: Sends the requests.
    ///   - baseURL: The URL of the API.
    ///   - requestTimeout: The maximum time from a request to the end of its response.
    package init(transport: any HTTPTransport, baseURL: BaseURL, requestTimeout: Duration) {
        self.transport = transport
        self.baseURL = baseURL
        self.requestTimeout = requestTimeout
    }

    /// Lists the connectors of an account.
    ///
    /// - Parameters:
    ///   - account: The account's id.
    ///   - credential: A token with the permission "Magic WAN Read".
    /// - Returns: all connectors, because this endpoint has no pages.
    /// - Throws: the reason why the request failed.
    ///
    /// Source: Cloudflare API, "List Connectors".
    package func connectors(
        account: String,
        credential: Credential
    ) async throws(APIError) -> APIReply<ConnectorList> {
        try await send(APICall(.connectors, ["accounts", account, "magic", "connectors"]), credential)
    }

    /// Lists the sites of an account.
    ///
    /// - Parameters:
    ///   - account: The account's id.
    ///   - credential: A token with the permission "Magic WAN Read".
    /// - Returns: all sites, because this endpoint has no pages.
    /// - Throws: the reason why the request failed.
    ///
    /// Source: Cloudflare API, "List Sites".
    package func sites(
        account: String,
        credential: Credential
    ) async throws(APIError) -> APIReply<SiteList> {
        try await send(APICall(.sites, ["accounts", account, "magic", "sites"]), credential)
    }

    /// Returns the status of a token.
    ///
    /// - Parameters:
    ///   - account: The id of the account that owns the token; `nil` if a user owns it.
    ///   - credential: The token. It needs no permission.
    /// - Returns: the status of a valid token.
    /// - Throws: the reason why the request failed, for example because the token has another owner.
    ///
    /// Source: Cloudflare API, "Verify Token" of accounts and of users.
    package func tokenStatus(
        account: String?,
        credential: Credential
    ) async throws(APIError) -> APIReply<TokenStatus> {
        let owner = account.map { ["accounts", $0] } ?? ["user"]
        return try await send(APICall(.token, owner + ["tokens", "verify"]), credential)
    }

    /// Lists a page of a connector's events.
    ///
    /// - Parameters:
    ///   - account: The account's id.
    ///   - connector: The connector's id.
    ///   - query: The window, and the cursor of the previous page.
    ///   - credential: A token with the permission "Magic WAN Read".
    /// - Returns: the page, and the cursor of the next one.
    /// - Throws: the reason why the request failed.
    ///
    /// Source: Cloudflare API, "List Events".
    package func events(
        account: String,
        connector: String,
        query: EventQuery,
        credential: Credential
    ) async throws(APIError) -> APIReply<EventPage> {
        let segments = Self.telemetryPath(account, connector)
        return try await send(APICall(.events, segments, query: query.encoded), credential)
    }

    /// Gets one event with its payload.
    ///
    /// - Parameters:
    ///   - account: The account's id.
    ///   - connector: The connector's id.
    ///   - t: When the event was recorded, in seconds since the Unix epoch.
    ///   - n: The event's sequence number.
    ///   - credential: A token with the permission "Magic WAN Read".
    /// - Returns: the event.
    /// - Throws: the reason why the request failed, or `.malformed` if the response contains another event.
    ///
    /// Source: Cloudflare API, "Get Event".
    package func event(
        account: String,
        connector: String,
        t: Int,
        n: Int,
        credential: Credential
    ) async throws(APIError) -> APIReply<EventDetail> {
        // Integers are written without an exponent, whatever their size: the path would name no event otherwise.
        let call = try APICall(.event, Self.telemetryPath(account, connector) + ["\(t).\(n)"])
        let reply: APIReply<EventDetail> = try await send(call, credential)
        guard reply.value.t == t, reply.value.n == n else {
            throw APIError(
                reason: .malformed,
                endpoint: .event,
                path: call.path,
                status: reply.status,
                rateLimit: reply.rateLimit,
                detail: "the response contains the event \(reply.value.t).\(reply.value.n)"
            )
        }
        return reply
    }

    /// Gets a connector's newest events with their payloads.
    ///
    /// - Parameters:
    ///   - account: The account's id.
    ///   - connector: The connector's id.
    ///   - credential: A token with the permission "Magic WAN Read".
    /// - Returns: the newest events; the API decides how many.
    /// - Throws: the reason why the request failed.
    ///
    /// Source: Cloudflare API, "Get latest Events".
    package func latestEvents(
        account: String,
        connector: String,
        credential: Credential
    ) async throws(APIError) -> APIReply<LatestEvents> {
        try await send(APICall(.latest, Self.telemetryPath(account, connector) + ["latest"]), credential)
    }
}

extension APIClient {
    static func telemetryPath(_ account: String, _ connector: String, _ kind: String = "events") -> [String] {
        ["accounts", account, "magic", "connectors", connector, "telemetry", kind]
    }

    func send<Value: Decodable & Sendable>(
        _ call: APICall,
        _ credential: Credential
    ) async throws(APIError) -> APIReply<Value> {
        let request = HTTPRequest(
            url: baseURL.description + call.target,
            credential: credential,
            timeout: requestTimeout,
            bodyLimit: call.endpoint.bodyLimit
        )
        let response: HTTPResponse
        do throws(TransportError) {
            response = try await transport.send(request)
        } catch {
            throw APIError(error, to: call)
        }
        return try ResponseDecoder(response, to: call).decoded()
    }
}
