// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import HTTPEndpoint

/// The snapshots: the responses of the API, and the control of tests.
extension SimulatorState {
    /// Renders the response of a route for snapshots.
    ///
    /// - Throws: the error that the API responds with.
    mutating func snapshots(
        _ request: Request,
        _ route: Route,
        _ connector: SimulatedConnector,
        _ renderer: APIRenderer,
        _ faults: inout ContentFaults,
        now: Int
    ) throws(APIError) -> SimulatedResponse {
        let history = connector.snapshots
        switch route {
        case .snapshots:
            let list = try EventListRequest(
                request,
                defaultLimit: configuration.defaultPageLimit,
                maximumLimit: configuration.pageLimit
            )
            return page(list, history, renderer, &faults, now: now)
        case .snapshot(_, _, let name):
            guard let t = Int(name), history.isListed(t, now: now) else { throw .snapshotNotFound }
            return renderer.snapshot(faults.applied(to: history.snapshot(at: t).object))
        default:
            let count = faults.contains(.severalSnapshots) ? 5 : 1
            let times = history.page(
                from: .min,
                to: .max,
                after: nil,
                limit: count,
                order: .newestFirst,
                now: now
            ).times
            if times.isEmpty, faults.contains(.noSnapshot404) { throw .snapshotNotFound }
            return renderer.latestSnapshots(faults.applied(to: times.map { history.snapshot(at: $0).object }))
        }
    }

    private mutating func page(
        _ list: EventListRequest,
        _ history: SnapshotHistory,
        _ renderer: APIRenderer,
        _ faults: inout ContentFaults,
        now: Int
    ) -> SimulatedResponse {
        let order = configuration.order
        let page = history.page(
            from: list.query.from,
            to: list.query.to,
            after: list.cursor?.after?.t,
            limit: list.query.limit,
            order: order,
            now: now
        )
        let cursor = cursor(
            after: page.times.last.map { EventPosition(t: $0, n: 0) },
            hasMore: page.hasMore,
            count: page.times.count,
            list.cursor,
            faults
        ) { places, last in
            let sign = order == .oldestFirst ? 1 : -1
            return EventPosition(t: last.t + places * sign * history.schedule.interval, n: 0)
        }
        let items = page.times.map { (a: history.collection(of: $0), t: $0) }
        return renderer.snapshotPage(faults.applied(toPage: items), cursor: cursor)
    }

    /// Returns the newest snapshot as the API serves it, or that of a time, with its collection time.
    mutating func snapshot(_ request: Request, now: Double) throws(ControlError) -> [UInt8] {
        guard let id = request.queryValue("connector") else {
            throw ControlError(404, "the connector is missing; add ?connector=ID")
        }
        let place = try find(id)
        let t = try seconds("t", of: request)
        fleet.advance(account: place.account, connector: place.connector, to: now)
        let history = fleet.accounts[place.account].connectors[place.connector].snapshots
        guard let t = t ?? history.newest(now: Int(now)), history.isListed(t, now: Int(now)) else {
            throw ControlError(404, "connector \(id): no such snapshot")
        }
        let snapshot = history.snapshot(at: t)
        return JSONWriter.object(capacity: 32_768) { json in
            json.field("a", snapshot.a)
            snapshot.object.write(fieldsTo: &json)
        }
    }

    /// Changes boxes, as their next snapshots show.
    mutating func changeSnapshots(_ request: Request, now: Double) throws(ControlError) -> [UInt8] {
        let (bodies, _) = try ControlBody.decodeList(
            ControlBody.BoxChanges.self,
            request.body,
            like: #"{"connector": "ID", "tunnel": 0, "health": "down"}"#
        )
        // Nothing changes if one of the objects is invalid.
        for body in bodies { _ = try changes(of: body) }
        for body in bodies { try apply(body, now: now) }
        return Self.ok
    }

    private mutating func apply(_ body: ControlBody.BoxChanges, now: Double) throws(ControlError) {
        let place = try find(body.connector)
        let second = Int(now)
        fleet.advance(account: place.account, connector: place.connector, to: now)
        let changes = try changes(of: body)
        fleet.change(account: place.account, connector: place.connector) { connector in
            if body.forget == true {
                connector.snapshots.forget(until: connector.snapshots.nextExtra(at: second))
            }
            switch body.silent {
            case true?: connector.silence(.requested, at: second)
            case false?:
                connector.snapshots.speak(.requested, at: second)
                connector.snapshots.change(
                    [.failedTransmissions(3)],
                    at: connector.snapshots.nextExtra(at: second)
                )
            case nil: break
            }
            if !changes.isEmpty {
                connector.snapshots.change(changes, at: connector.snapshots.nextExtra(at: second))
            }
            if body.reboot == true { connector.recordBoot(at: second) }
        }
        if body.reboot == true {
            fleet.record(.initialize, account: place.account, connector: place.connector, at: second)
        }
        if body.failover == true {
            fleet.failOver(account: place.account, connector: place.connector, at: second)
        }
    }

    /// Returns the changes of the box's state.
    ///
    /// - Throws: an error if the box has no such part, or a value is out of range.
    private func changes(of body: ControlBody.BoxChanges) throws(ControlError) -> [BoxChange] {
        let place = try find(body.connector)
        let connector = fleet.accounts[place.account].connectors[place.connector]
        let model = connector.snapshots.model
        var changes: [BoxChange] = body.reset == true ? [.reset] : []
        if body.tunnel != nil || body.health != nil {
            guard let name = body.tunnel?.text, let health = body.health else {
                throw ControlError(
                    400,
                    "tunnel and health: use both, like \"tunnel\": 0, \"health\": \"down\""
                )
            }
            let index = model.tunnels.indices.first { String($0) == name || model.tunnels[$0].id == name }
            guard let index else { throw ControlError(404, "tunnel \(name): not found; use an index from 0") }
            changes.append(.health(tunnel: index, health))
        }
        if body.interface != nil || body.carrier != nil {
            guard let name = body.interface, let carrier = body.carrier else {
                throw ControlError(
                    400,
                    "interface and carrier: use both, like \"interface\": \"eth2\", \"carrier\": false"
                )
            }
            guard let port = model.ports.firstIndex(where: { $0.name == name }) else {
                throw ControlError(404, "interface \(name): not found; use a port like eth0")
            }
            changes.append(.carrier(port: port, carrier))
        }
        if let share = body.disk_used {
            guard (0...1).contains(share) else {
                throw ControlError(400, "disk_used: use a number from 0 to 1")
            }
            changes.append(.diskUsed(share))
        }
        if let degrees = body.temperature {
            guard model.sensors.contains(where: \.isProcessor) else {
                throw ControlError(409, "temperature: the box has no sensors; use a MANAGED connector")
            }
            changes.append(.temperature(degrees))
        }
        if let name = body.ha_state { changes.append(.haState(name)) }
        if body.reboot == true, !connector.hasPower { throw Self.withoutPower(body.connector) }
        if body.failover == true {
            guard let peer = fleet.peer(of: place.connector, account: place.account) else {
                throw ControlError(409, "failover: connector \(body.connector) is not part of a pair")
            }
            let other = fleet.accounts[place.account].connectors[peer]
            for member in [connector, other] where !member.hasPower {
                throw Self.withoutPower(member.identity.id)
            }
        }
        return changes
    }

    private static func withoutPower(_ id: String) -> ControlError {
        ControlError(409, "connector \(id): has no power; use POST /control/connectors with power_on first")
    }
}
