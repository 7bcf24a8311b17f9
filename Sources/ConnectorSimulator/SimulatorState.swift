// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint

/// Everything that changes while a simulator runs.
struct SimulatorState: Sendable {
    let configuration: SimulatorConfiguration
    var fleet: Fleet
    var gatekeeper: Gatekeeper
    var limiter: RateLimiter
    var faults: FaultSet
    var statistics: RequestStatistics
    /// Decides what distortions leave open.
    private var random: SeededGenerator
    /// Makes the cursors of `cursor_endless` differ.
    private var cursorsGiven = 0

    /// Makes the fleet and its history.
    ///
    /// - Parameters:
    ///   - configuration: one that was checked.
    ///   - start: seconds since the Unix epoch.
    init(_ configuration: SimulatorConfiguration, start: Int) {
        self.configuration = configuration
        fleet = Fleet(configuration, start: start)
        gatekeeper = Gatekeeper(configuration.tokens)
        limiter = RateLimiter(
            limit: configuration.rateLimit,
            window: configuration.rateLimitWindow,
            block: configuration.rateLimitBlock
        )
        faults = FaultSet(configuration.faults, seed: configuration.seed)
        statistics = RequestStatistics(window: configuration.rateLimitWindow)
        random = SeededGenerator(seed: configuration.seed, 0xa2)
    }

    /// Answers a request of the API.
    ///
    /// - Parameters:
    ///   - request: of any path.
    ///   - now: seconds since the Unix epoch.
    /// - Returns: what leaves, and how.
    mutating func answerAPI(_ request: Request, now: Double) -> Answer {
        let route = Route(request.path)
        let second = Int(now)
        var token: AccessToken?
        var refusal: Refusal?
        do throws(Refusal) {
            token = try gatekeeper.token(request.headers.first("authorization"))
        } catch {
            refusal = error
        }
        let standing = token.flatMap { limiter.count($0.text, at: now) }
        if standing?.isBlocked == true {
            refusal = .throttled(limit: limiter.limit, window: limiter.window)
        }
        var answer: Answer
        var befalling: [Fault] = []
        if refusal?.status == 429, let refusal {
            // The gateway's block comes before anything that could go wrong behind it.
            answer = refusal.answer(hasResult: true)
        } else {
            befalling = faults.befall(route)
            answer =
                befalling.lazy.compactMap { Answer.inPlace(of: route, $0.effect, now: second) }.first
                ?? rightAnswer(request, route, token: token, refusal: refusal, befalling, now: now)
        }
        if let standing { answer.headers += limiter.headers(standing) }
        for fault in befalling { answer.spoil(fault.effect) }
        statistics.count(endpoint: route.endpoint, status: answer.status, token: token?.text, at: second)
        for fault in befalling { statistics.count(fault.effect) }
        return answer
    }

    private mutating func rightAnswer(
        _ request: Request,
        _ route: Route,
        token: AccessToken?,
        refusal: Refusal?,
        _ befalling: [Fault],
        now: Double
    ) -> Answer {
        do throws(Refusal) {
            if let refusal { throw refusal }
            guard let token, let accountID = route.account else { throw .unroutable(request.path) }
            let account = fleet.account(accountID)
            try gatekeeper.admit(token, to: accountID, isKnown: account != nil, path: request.path)
            guard let account else { throw .foreignAccount }
            guard request.method == "GET" || request.method == "HEAD" else { throw .methodNotAllowed }
            var telling = Telling(befalling, random: SeededGenerator(seed: random.next()))
            return try tell(request, route, account: account, &telling, now: now)
        } catch {
            // Errors of the telemetry endpoints have no result; those of the gateway and the others have null.
            let isTelemetry = [EndpointClass.events, .event, .latest].contains(route.endpoint)
            return error.answer(hasResult: !isTelemetry || error.status == 401 || error.status == 403)
        }
    }

    private mutating func tell(
        _ request: Request,
        _ route: Route,
        account: Int,
        _ telling: inout Telling,
        now: Double
    ) throws(Refusal) -> Answer {
        let second = Int(now)
        guard let id = route.connector else {
            fleet.advance(account: account, to: now)
            let connectors = fleet.accounts[account].connectors
            return telling.list(connectors, deviceType: request.queryValue("device_type"), now: second)
        }
        guard let index = fleet.connector(id, account: account),
            !fleet.accounts[account].connectors[index].isRemoved
        else { throw .connectorNotFound }
        fleet.advance(account: account, connector: index, to: now)
        switch route {
        case .events:
            let query = try EventQuery(request, configuration: configuration)
            let connector = fleet.accounts[account].connectors[index]
            let page = connector.page(query, order: configuration.order, now: second)
            return telling.page(page.events, cursor: cursor(after: page, of: query, connector, telling))
        case .latest:
            return telling.latest(
                fleet.accounts[account].connectors[index].latest(configuration.latestCount, now: second)
            )
        case .event(_, _, let name):
            guard let position = Self.position(name),
                let event = fleet.accounts[account].connectors[index].event(at: position, now: second)
            else { throw .eventNotFound }
            return telling.event(event)
        case .connectors, .connector, .unknown:
            return telling.connector(fleet.accounts[account].connectors[index], now: second)
        }
    }

    /// Reads `t.n`; whole numbers only, as the API's own identities are.
    private static func position(_ name: String) -> EventPosition? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let t = Int(parts[0]), let n = Int(parts[1]) else { return nil }
        return EventPosition(t: t, n: n)
    }

    /// What leads from a page to the next one.
    private mutating func cursor(
        after page: SimulatedConnector.Page,
        of query: EventQuery,
        _ connector: SimulatedConnector,
        _ telling: Telling
    ) -> Telling.CursorField {
        let shown = page.events.last?.position ?? query.cursor?.after
        if telling.has(.cursorEndless) {
            cursorsGiven += 1
            return .text(Cursor(after: shown, serial: cursorsGiven).text)
        }
        if telling.has(.cursorLoop) { return .text((query.cursor ?? Cursor(after: shown)).text) }
        if telling.has(.repeatPages), query.cursor?.isRepetition != true {
            return .text(Cursor(after: query.cursor?.after, isRepetition: true).text)
        }
        if page.hasMore, telling.has(.shiftPages), let shown {
            // Never so far back that the list would not go on.
            let reach = min(3, (page.events.count - 1) / 2)
            let places = random.whole(-reach, 3)
            let shifted = connector.position(places, after: shown, order: configuration.order)
            return .text(Cursor(after: shifted).text)
        }
        if page.hasMore { return .text(Cursor(after: shown).text) }
        return telling.has(.nullCursor) ? .null : telling.has(.emptyCursor) ? .text("") : .absent
    }
}
