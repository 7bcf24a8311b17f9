// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import HTTPEndpoint

/// The control, through which tests inspect and change the simulator. It has no token, no limit and no faults.
extension SimulatorState {
    /// Responds to a control request.
    ///
    /// - Parameters:
    ///   - request: a request for a path below `/control/`.
    ///   - now: seconds since the Unix epoch.
    /// - Returns: a response with JSON.
    mutating func respondToControl(_ request: Request, now: Double) -> SimulatedResponse {
        do throws(ControlError) {
            return .json(200, try control(request, now: now))
        } catch {
            return error.response
        }
    }

    private mutating func control(_ request: Request, now: Double) throws(ControlError) -> [UInt8] {
        let method = request.method == "HEAD" ? "GET" : request.method
        switch (method, request.path) {
        case ("GET", "/control/truth"): return try groundTruth(request, now: now)
        case ("GET", "/control/events"): return try events(request, now: now)
        case ("POST", "/control/events"): return try inject(request, now: now)
        case ("GET", "/control/snapshots"): return try snapshot(request, now: now)
        case ("POST", "/control/snapshots"): return try changeSnapshots(request, now: now)
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
        case ("POST", "/control/connectors"): return try setConnectors(request, now: now)
        case ("GET", "/control/life"): return pauseState
        case ("POST", "/control/life"):
            let example = #"{"paused": true}"#
            let body = try ControlBody.decode(ControlBody.Pause.self, request.body, like: example)
            fleet.setPaused(body.paused, at: now)
            return pauseState
        default:
            throw ControlError(404, "\(method) \(request.path): no such route; GET / lists all routes")
        }
    }

    private var pauseState: [UInt8] { JSONWriter.object { $0.field("paused", fleet.pausedSince != nil) } }

    /// Returns the index of an account, by default of the first.
    func account(_ id: String?) throws(ControlError) -> Int {
        guard let id else { return 0 }
        guard let account = fleet.account(id) else { throw ControlError(404, "account \(id): not found") }
        return account
    }

    func find(_ id: String) throws(ControlError) -> (account: Int, connector: Int) {
        for account in fleet.accounts.indices {
            if let connector = fleet.connector(id, account: account) { return (account, connector) }
        }
        throw ControlError(404, "connector \(id): not found; GET /control/truth lists all connectors")
    }

    func seconds(_ name: String, of request: Request) throws(ControlError) -> Int? {
        guard let text = request.queryValue(name) else { return nil }
        guard let value = Int(text) else {
            throw ControlError(400, "\(name): \"\(text)\" is not a number; use whole seconds")
        }
        return value
    }

    private mutating func groundTruth(_ request: Request, now: Double) throws(ControlError) -> [UInt8] {
        let account = try account(request.queryValue("account"))
        let from = try seconds("from", of: request) ?? .min
        fleet.advance(account: account, to: now)
        var total = 0
        var counts: [EventKind: Int] = [:]
        return JSONWriter.object(capacity: 65_536) { json in
            json.field("now", now)
            json.field("account_id", fleet.accounts[account].id)
            json.array("connectors") { json in
                for (index, connector) in fleet.accounts[account].connectors.enumerated() {
                    let truth = GroundTruth(connector.listed(from: from, to: .max, now: Int(now)))
                    total += truth.count
                    counts.merge(truth.counts, uniquingKeysWith: +)
                    json.object { json in
                        json.field("id", connector.identity.id)
                        json.field("index", index)
                        json.field("removed", connector.isRemoved)
                        json.field("activated", connector.isActivated)
                        json.field("last_heartbeat", connector.lastHeartbeat(at: Int(now)))
                        json.field("version", connector.version)
                        write(connector.identity, to: &json)
                        truth.write(to: &json)
                    }
                }
            }
            json.object("totals") { json in
                json.field("events", total)
                json.field("counts", counts: counts)
            }
        }
    }

    private func write(_ identity: ConnectorIdentity, to json: inout JSONWriter) {
        json.field("serial_number", identity.serialNumber)
        json.object("site") { json in
            json.field("id", identity.site.id)
            json.field("name", identity.site.name)
            json.field("role", identity.isPrimary ? "primary" : "secondary")
            json.field("ha_mode", identity.site.isPair)
            json.field("latitude", identity.site.latitude)
            json.field("longitude", identity.site.longitude)
        }
    }

    private mutating func events(_ request: Request, now: Double) throws(ControlError) -> [UInt8] {
        guard let id = request.queryValue("connector") else {
            throw ControlError(404, "the connector is missing; add ?connector=ID")
        }
        let place = try find(id)
        let from = try seconds("from", of: request) ?? .min
        let to = try seconds("to", of: request) ?? .max
        fleet.advance(account: place.account, connector: place.connector, to: now)
        let events = fleet.accounts[place.account].connectors[place.connector]
            .listed(from: from, to: to, now: Int(now))
        var json = JSONWriter(capacity: 64 + 160 * events.count)
        json.array { json in
            for event in events {
                json.object { json in
                    json.eventFields(event)
                    json.payload(of: event)
                    json.field("v", event.version)
                }
            }
        }
        return json.bytes
    }
}
