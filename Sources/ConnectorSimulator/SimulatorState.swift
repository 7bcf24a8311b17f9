// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint

/// The mutable state of a running simulator.
struct SimulatorState: Sendable {
    let configuration: SimulatorConfiguration
    var fleet: Fleet
    var authenticator: Authenticator
    var limiter: RateLimiter
    var faults: FaultSet
    var statistics: RequestStatistics
    /// The random choices of content faults.
    var random: SeededGenerator
    /// The number of unique cursors that the fault `cursor_endless` has caused.
    var cursorSerial = 0

    /// Generates the fleet and its history.
    ///
    /// - Parameters:
    ///   - configuration: a checked configuration.
    ///   - start: seconds since the Unix epoch.
    init(_ configuration: SimulatorConfiguration, start: Int) {
        self.configuration = configuration
        fleet = Fleet(configuration.fleet, start: start)
        authenticator = Authenticator(configuration.tokens)
        limiter = RateLimiter(
            limit: configuration.rateLimit,
            window: configuration.rateLimitWindow,
            block: configuration.rateLimitBlock
        )
        faults = FaultSet(configuration.faults, seed: configuration.seed)
        statistics = RequestStatistics(window: configuration.rateLimitWindow)
        random = SeededGenerator(seed: configuration.seed, 0xa2)
    }
}

extension SimulatorState {
    /// Responds to a request for the API.
    ///
    /// - Parameters:
    ///   - request: a request for any path.
    ///   - now: seconds since the Unix epoch.
    /// - Returns: a response with the selected faults.
    mutating func respond(to request: Request, now: Double) -> SimulatedResponse {
        let route = Route(request.path)
        let second = Int(now)
        var token: AccessToken?
        var rejection: APIError?
        do throws(APIError) {
            token = try authenticator.token(request.headers.first("authorization"))
        } catch {
            rejection = error
        }
        let status = token.flatMap { limiter.count($0.text, at: now) }
        var response: SimulatedResponse
        var selected: [Fault] = []
        if status?.isBlocked == true {
            // The gateway checks the limit before it forwards a request, so no fault applies.
            response = APIError.throttled(limit: limiter.limit, window: limiter.window)
                .response(hasResult: true)
        } else {
            selected = faults.select(for: route)
            response =
                selected.lazy
                .compactMap { SimulatedResponse.replacement(for: route, $0.effect, now: second) }.first
                ?? renderedResponse(to: request, route, token, rejection, selected, now: now)
        }
        if let status { response.headers += limiter.headers(status) }
        for fault in selected {
            response.apply(fault.effect)
            statistics.count(fault.effect)
        }
        statistics.count(route: route.kind, status: response.status, token: token?.text, at: second)
        return response
    }

    private mutating func renderedResponse(
        to request: Request,
        _ route: Route,
        _ token: AccessToken?,
        _ rejection: APIError?,
        _ selected: [Fault],
        now: Double
    ) -> SimulatedResponse {
        do throws(APIError) {
            if let rejection { throw rejection }
            guard let token else { throw .unroutable(request.path) }
            if case .token(let owner) = route { return try tokenStatus(token, owner: owner) }
            guard let accountID = route.account else { throw .unroutable(request.path) }
            let account = fleet.account(accountID)
            try authenticator.authorize(
                token,
                for: accountID,
                exists: account != nil,
                path: request.path
            )
            guard let account else { throw .foreignAccount }
            guard request.method == "GET" || request.method == "HEAD" else { throw .methodNotAllowed }
            var contentFaults = ContentFaults(selected, random: SeededGenerator(seed: random.next()))
            return try render(request, route, account: account, &contentFaults, now: now)
        } catch {
            // Errors of the telemetry endpoints have no result; those of the gateway and the others have null.
            let isTelemetry = [
                RouteKind.events, .event, .latest, .snapshots, .snapshot, .snapshotsLatest,
            ].contains(route.kind)
            return error.response(hasResult: !isTelemetry || error.status == 401 || error.status == 403)
        }
    }

    /// Responds about a token at the address of its owner: an account, or else a user.
    private func tokenStatus(_ token: AccessToken, owner: String?) throws(APIError) -> SimulatedResponse {
        guard owner == token.owner else { throw .invalidToken }
        return APIRenderer().tokenStatus(expiry: token.expiry)
    }
}
