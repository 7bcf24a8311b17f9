// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import HTTPEndpoint

/// What tests may ask and change, beside the API: no token, no limit, no faults.
extension SimulatorState {
    /// Answers a control request.
    ///
    /// - Parameters:
    ///   - request: one under `/control/`.
    ///   - now: seconds since the Unix epoch.
    /// - Returns: JSON.
    mutating func answerControl(_ request: Request, now: Double) -> Answer {
        do throws(ControlRefusal) {
            return .json(200, try control(request, now: now))
        } catch {
            return error.answer
        }
    }

    private mutating func control(_ request: Request, now: Double) throws(ControlRefusal) -> [UInt8] {
        let method = request.method == "HEAD" ? "GET" : request.method
        switch (method, request.path) {
        case ("GET", "/control/truth"): return try truth(request, now: now)
        case ("GET", "/control/events"): return try events(request, now: now)
        case ("POST", "/control/events"): return try inject(request, now: now)
        case ("GET", "/control/faults"): return faults.json
        case ("POST", "/control/faults"): return try setFaults(request)
        case ("DELETE", "/control/faults"):
            faults.replace(with: [])
            return faults.json
        case ("GET", "/control/requests"): return statistics.json
        case ("DELETE", "/control/requests"):
            statistics = RequestStatistics(window: configuration.rateLimitWindow)
            return statistics.json
        case ("POST", "/control/tokens"): return try setTokens(request)
        case ("POST", "/control/connectors"): return try setConnectors(request)
        case ("GET", "/control/life"): return pauseState
        case ("POST", "/control/life"):
            let body = try ControlBody.decode(
                ControlBody.Pause.self,
                request.body,
                like: #"{"paused": true}"#
            )
            fleet.setPaused(body.paused, at: now)
            return pauseState
        default:
            throw ControlRefusal(404, "there is no \(method) \(request.path); GET / lists what there is.")
        }
    }

    private var pauseState: [UInt8] { Array("{\"paused\":\(fleet.pausedSince != nil)}".utf8) }

    private func account(_ id: String?) throws(ControlRefusal) -> Int {
        guard let id else { return 0 }
        guard let account = fleet.account(id) else { throw ControlRefusal(404, "there is no account \(id).") }
        return account
    }

    private func bound(_ name: String, of request: Request, otherwise: Int) throws(ControlRefusal) -> Int {
        guard let text = request.queryValue(name) else { return otherwise }
        guard let value = Int(text) else {
            throw ControlRefusal(400, "\(name): \"\(text)\" is not a number of whole seconds.")
        }
        return value
    }

    private mutating func truth(_ request: Request, now: Double) throws(ControlRefusal) -> [UInt8] {
        let account = try account(request.queryValue("account"))
        let from = try bound("from", of: request, otherwise: .min)
        fleet.advance(account: account, to: now)
        var json = JSONWriter(capacity: 65_536)
        json.raw("{\"now\":")
        json.double(now)
        json.raw(",\"account_id\":")
        json.string(fleet.accounts[account].id)
        json.raw(",\"connectors\":[")
        var total = 0
        var totals: [EventKind: Int] = [:]
        for (index, connector) in fleet.accounts[account].connectors.enumerated() {
            let truth = Truth(connector.listed(from: from, to: .max, now: Int(now)))
            total += truth.count
            totals.merge(truth.counts, uniquingKeysWith: +)
            if index > 0 { json.raw(",") }
            json.raw("{\"id\":")
            json.string(connector.identity.id)
            json.raw(",\"index\":")
            json.integer(index)
            json.raw(",\"removed\":")
            json.bool(connector.isRemoved)
            truth.write(to: &json)
            json.raw("}")
        }
        json.raw("],\"totals\":{\"events\":")
        json.integer(total)
        json.raw(",\"counts\":")
        json.object(totals.map { ($0.key.rawValue, $0.value) })
        json.raw("}}")
        return json.bytes
    }

    private mutating func events(_ request: Request, now: Double) throws(ControlRefusal) -> [UInt8] {
        guard let id = request.queryValue("connector"), let place = find(id) else {
            throw ControlRefusal(404, "there is no such connector; write ?connector=ID.")
        }
        let from = try bound("from", of: request, otherwise: .min)
        let to = try bound("to", of: request, otherwise: .max)
        fleet.advance(account: place.account, connector: place.connector, to: now)
        let events = fleet.accounts[place.account].connectors[place.connector]
            .listed(from: from, to: to, now: Int(now))
        var json = JSONWriter(capacity: 64 + 160 * events.count)
        json.raw("[")
        for (index, event) in events.enumerated() {
            if index > 0 { json.raw(",") }
            json.raw("{\"a\":")
            json.integer(event.a)
            json.raw(",\"k\":")
            json.string(event.kind.rawValue)
            json.raw(",\"n\":")
            json.integer(event.n)
            json.raw(",\"t\":")
            json.integer(event.t)
            json.raw(",\"e\":")
            json.payload(of: event)
            json.raw(",\"v\":")
            json.string(event.version)
            json.raw("}")
        }
        json.raw("]")
        return json.bytes
    }

    /// Finds a connector in any account.
    private func find(_ id: String) -> (account: Int, connector: Int)? {
        for account in fleet.accounts.indices {
            if let connector = fleet.connector(id, account: account) { return (account, connector) }
        }
        return nil
    }

    private mutating func inject(_ request: Request, now: Double) throws(ControlRefusal) -> [UInt8] {
        let example = #"{"index": 0, "kind": "FinishAttestationFailure"}"#
        let (injections, isArray) = try ControlBody.decodeSome(
            ControlBody.Injection.self,
            request.body,
            like: example
        )
        var json = JSONWriter()
        if isArray { json.raw("[") }
        for (index, injection) in injections.enumerated() {
            if index > 0 { json.raw(",") }
            try inject(injection, now: now, &json)
        }
        if isArray { json.raw("]") }
        return json.bytes
    }

    private mutating func inject(
        _ injection: ControlBody.Injection,
        now: Double,
        _ json: inout JSONWriter
    ) throws(ControlRefusal) {
        let place = try place(of: injection)
        // What was to happen before it has happened before it, and has its sequence number.
        fleet.advance(account: place.account, connector: place.connector, to: now)
        let identity = fleet.accounts[place.account].connectors[place.connector].identity
        let event = SimulatedEvent(
            t: injection.t ?? Int(now),
            n: 0,
            a: injection.a ?? Int(now),
            kind: EventKind(rawValue: injection.kind),
            payload: payload(of: injection, tunnels: identity.tunnels),
            version: ""
        )
        let given = fleet.inject(
            event,
            number: injection.n,
            account: place.account,
            connector: place.connector
        )
        guard let given else {
            throw ControlRefusal(
                409,
                "\(event.t).\(injection.n ?? 0) is taken; leave n out, or take another."
            )
        }
        json.raw("{\"connector_id\":")
        json.string(identity.id)
        json.raw(",\"a\":")
        json.integer(given.a)
        json.raw(",\"k\":")
        json.string(given.kind.rawValue)
        json.raw(",\"n\":")
        json.integer(given.n)
        json.raw(",\"t\":")
        json.integer(given.t)
        json.raw("}")
    }

    private func place(of injection: ControlBody.Injection) throws(ControlRefusal) -> (
        account: Int, connector: Int
    ) {
        if let id = injection.connector {
            guard let place = find(id) else { throw ControlRefusal(404, "there is no connector \(id).") }
            return place
        }
        let account = try account(injection.account)
        let index = injection.index ?? 0
        guard fleet.accounts[account].connectors.indices.contains(index) else {
            throw ControlRefusal(404, "there is no connector number \(index).")
        }
        return (account, index)
    }

    /// A rekey has a tunnel and an upgrade a location, also where the test does not care which.
    private func payload(of injection: ControlBody.Injection, tunnels: [String]) -> SimulatedEvent.Payload {
        let kind = EventKind(rawValue: injection.kind)
        if let tunnel = injection.tunnel_id { return .tunnel(tunnel) }
        if let url = injection.url { return .url(url) }
        if kind.isRekey, let tunnel = tunnels.first { return .tunnel(tunnel) }
        return kind == .startUpgrade ? .url("https://updates.example.net/connector/injected.img") : .none
    }

    private mutating func setFaults(_ request: Request) throws(ControlRefusal) -> [UInt8] {
        let example = #"[{"kind": "status", "param": 503, "share": 0.1, "endpoint": "events"}]"#
        let objects = try ControlBody.decode(
            [[String: ControlBody.Scalar]].self,
            request.body,
            like: example
        )
        var given: [Fault] = []
        do throws(SimulatorError) {
            for object in objects {
                given.append(try FaultDescription(members: object.mapValues(\.text)).fault())
            }
        } catch {
            throw ControlRefusal(400, error.description)
        }
        faults.replace(with: given)
        return faults.json
    }

    private mutating func setTokens(_ request: Request) throws(ControlRefusal) -> [UInt8] {
        let example = #"{"add": ["text", {"token": "text", "read": false}], "revoke": ["text"]}"#
        let body = try ControlBody.decode(ControlBody.Tokens.self, request.body, like: example)
        for text in body.revoke ?? [] { gatekeeper.revoke(text) }
        for token in body.add ?? [] { gatekeeper.add(token.token) }
        return Array(#"{"ok":true}"#.utf8)
    }

    private mutating func setConnectors(_ request: Request) throws(ControlRefusal) -> [UInt8] {
        let example = #"{"remove": "ID"} or {"restore": "ID"}"#
        let body = try ControlBody.decode(ControlBody.Connectors.self, request.body, like: example)
        for (id, isRemoved) in [(body.remove, true), (body.restore, false)] {
            guard let id else { continue }
            guard let place = find(id) else { throw ControlRefusal(404, "there is no connector \(id).") }
            fleet.setRemoved(isRemoved, account: place.account, connector: place.connector)
        }
        return Array(#"{"ok":true}"#.utf8)
    }
}
