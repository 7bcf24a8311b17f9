// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint

/// The responses of the single routes, to authorized requests.
extension SimulatorState {
    /// Renders the response of a route, with content faults.
    ///
    /// - Throws: the error that the API responds with.
    mutating func render(
        _ request: Request,
        _ route: Route,
        account: Int,
        _ faults: inout ContentFaults,
        now: Double
    ) throws(APIError) -> SimulatedResponse {
        let renderer = APIRenderer(options: faults.options)
        let second = Int(now)
        if case .sites = route { return renderer.sites(fleet.accounts[account].connectors) }
        guard let id = route.connector else {
            fleet.advance(account: account, to: now)
            let listed = listedConnectors(account, deviceType: request.queryValue("device_type"))
            return renderer.list(faults.applied(to: listed), now: second)
        }
        guard let index = fleet.connector(id, account: account),
            !fleet.accounts[account].connectors[index].isRemoved
        else { throw .connectorNotFound }
        fleet.advance(account: account, connector: index, to: now)
        let connector = fleet.accounts[account].connectors[index]
        switch route {
        case .events:
            let list = try EventListRequest(
                request,
                defaultLimit: configuration.defaultPageLimit,
                maximumLimit: configuration.pageLimit
            )
            let order = configuration.order
            let page = connector.page(list.query, order: order, now: second)
            let cursor = cursor(
                after: page.events.last?.position,
                hasMore: page.hasMore,
                count: page.events.count,
                list.cursor,
                faults
            ) { places, last in
                connector.position(places, after: last, order: order)
            }
            return renderer.page(faults.applied(toPage: page.events), cursor: cursor)
        case .latest:
            let events = connector.latest(configuration.latestCount, now: second)
            return renderer.latest(faults.applied(toPage: events))
        case .event(_, _, let name):
            guard let position = EventPosition(name),
                let event = connector.event(at: position, now: second)
            else { throw .eventNotFound }
            return renderer.event(event)
        case .snapshots, .snapshotsLatest, .snapshot:
            return try snapshots(request, route, connector, renderer, &faults, now: second)
        case .connectors, .connector, .sites, .token, .unknown:
            return renderer.connector(connector, now: second)
        }
    }

    private func listedConnectors(_ account: Int, deviceType: String?) -> [SimulatedConnector] {
        fleet.accounts[account].connectors.filter {
            !$0.isRemoved && (deviceType == nil || $0.identity.deviceType == deviceType)
        }
    }

    /// Returns the cursor of a page.
    ///
    /// - Parameters:
    ///   - position: the position of the last item on the page.
    ///   - hasMore: whether more items follow.
    ///   - count: the number of items on the page.
    ///   - requested: the cursor of the request.
    ///   - faults: the faults of the response.
    ///   - shift: returns the position that is some places behind another one.
    /// - Returns: the value of `cursor` in the response.
    mutating func cursor(
        after position: EventPosition?,
        hasMore: Bool,
        count: Int,
        _ requested: Cursor?,
        _ faults: ContentFaults,
        shift: (Int, EventPosition) -> EventPosition
    ) -> APIRenderer.CursorField {
        let last = position ?? requested?.after
        if faults.contains(.cursorEndless) {
            cursorSerial += 1
            return .text(Cursor(after: last, serial: cursorSerial).text)
        }
        if faults.contains(.cursorLoop) { return .text((requested ?? Cursor(after: last)).text) }
        if faults.contains(.repeatPages), requested?.isRepetition != true {
            return .text(Cursor(after: requested?.after, isRepetition: true).text)
        }
        if hasMore, faults.contains(.shiftPages), let last {
            // At most half a page back, so that paging ends.
            let reach = min(3, (count - 1) / 2)
            return .text(Cursor(after: shift(random.whole(-reach, 3), last)).text)
        }
        if hasMore { return .text(Cursor(after: last).text) }
        return faults.contains(.nullCursor) ? .null : faults.contains(.emptyCursor) ? .text("") : .absent
    }
}
