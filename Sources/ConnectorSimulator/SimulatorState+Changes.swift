// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import HTTPEndpoint

/// The control requests that change the simulator.
extension SimulatorState {
    static let ok = Array(#"{"ok":true}"#.utf8)

    /// Adds events to connectors.
    mutating func inject(_ request: Request, now: Double) throws(ControlError) -> [UInt8] {
        let (injections, isArray) = try ControlBody.decodeList(
            ControlBody.Injection.self,
            request.body,
            like: #"{"index": 0, "kind": "FinishAttestationFailure"}"#
        )
        var json = JSONWriter()
        if isArray { json.raw("[") }
        for injection in injections { try inject(injection, now: now, &json) }
        return isArray ? json.bytes + [UInt8(ascii: "]")] : json.bytes
    }

    private mutating func inject(
        _ injection: ControlBody.Injection,
        now: Double,
        _ json: inout JSONWriter
    ) throws(ControlError) {
        let place = try place(of: injection)
        // Earlier events of the script must get their sequence numbers first.
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
        let injected = fleet.inject(
            event,
            number: injection.n,
            account: place.account,
            connector: place.connector
        )
        guard let injected else {
            let name = "\(event.t).\(injection.n ?? 0)"
            throw ControlError(409, "event \(name): exists already; omit n, or use another number")
        }
        json.object { json in
            json.field("connector_id", identity.id)
            json.eventFields(injected)
        }
    }

    private func place(of injection: ControlBody.Injection) throws(ControlError) -> (
        account: Int, connector: Int
    ) {
        if let id = injection.connector { return try find(id) }
        let account = try account(injection.account)
        let index = injection.index ?? 0
        guard fleet.accounts[account].connectors.indices.contains(index) else {
            throw ControlError(404, "index \(index): no such connector; use a number from 0")
        }
        return (account, index)
    }

    /// Returns the payload; a rekey has a tunnel and an upgrade has a URL even if the request omits them.
    private func payload(of injection: ControlBody.Injection, tunnels: [String]) -> EventPayload {
        let kind = EventKind(rawValue: injection.kind)
        if let tunnel = injection.tunnel_id { return .tunnel(tunnel) }
        if let url = injection.url { return .url(url) }
        if kind.isRekey, let tunnel = tunnels.first { return .tunnel(tunnel) }
        return kind == .startUpgrade ? .url("https://updates.example.net/connector/injected.img") : .none
    }

    /// Replaces the faults in force.
    mutating func setFaults(_ request: Request) throws(ControlError) -> [UInt8] {
        let objects = try ControlBody.decode(
            [[String: ControlBody.Scalar]].self,
            request.body,
            like: #"[{"kind": "status", "param": 503, "share": 0.1, "endpoint": "events"}]"#
        )
        var parsed: [Fault] = []
        do throws(SimulatorError) {
            for object in objects {
                parsed.append(try FaultDescription(members: object.mapValues(\.text)).fault())
            }
        } catch {
            throw ControlError(400, error.description)
        }
        faults.replace(with: parsed)
        return faults.json
    }

    mutating func setTokens(_ request: Request) throws(ControlError) -> [UInt8] {
        let example = #"{"add": ["text", {"token": "text", "read": false}], "revoke": ["text"]}"#
        let body = try ControlBody.decode(ControlBody.Tokens.self, request.body, like: example)
        for text in body.revoke ?? [] { authenticator.revoke(text) }
        for token in body.add ?? [] { authenticator.add(token.token) }
        return Self.ok
    }

    mutating func setConnectors(_ request: Request, now: Double) throws(ControlError) -> [UInt8] {
        let example = #"{"power_off": "ID", "ago": 60}"#
        let body = try ControlBody.decode(ControlBody.Connectors.self, request.body, like: example)
        for (id, isRemoved) in [(body.remove, true), (body.restore, false)] {
            guard let id else { continue }
            let place = try find(id)
            fleet.setRemoved(isRemoved, account: place.account, connector: place.connector)
        }
        for (id, isActivated) in [(body.activate, true), (body.deactivate, false)] {
            guard let id else { continue }
            let place = try find(id)
            fleet.setActivated(isActivated, account: place.account, connector: place.connector)
        }
        for (id, isOn) in [(body.power_on, true), (body.power_off, false)] {
            guard let id else { continue }
            let place = try find(id)
            guard fleet.pausedSince == nil else {
                throw ControlError(409, "the scripts are paused; resume them with POST /control/life first")
            }
            let time = isOn ? now : now - (body.ago ?? 0)
            fleet.setPower(isOn, account: place.account, connector: place.connector, at: now, since: time)
        }
        return Self.ok
    }
}
