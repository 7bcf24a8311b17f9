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
            let page = connector.page(list.query, order: configuration.order, now: second)
            let cursor = cursor(after: page, list.cursor, connector, faults)
            return renderer.page(faults.applied(to: page.events), cursor: cursor)
        case .latest:
            let events = connector.latest(configuration.latestCount, now: second)
            return renderer.latest(faults.applied(to: events))
        case .event(_, _, let name):
            guard let position = EventPosition(name),
                let event = connector.event(at: position, now: second)
            else { throw .eventNotFound }
            return renderer.event(event)
        case .connectors, .connector, .sites, .token, .unknown:
            return renderer.connector(connector, now: second)
        }
    }

    private func listedConnectors(_ account: Int, deviceType: String?) -> [SimulatedConnector] {
        fleet.accounts[account].connectors.filter {
            !$0.isRemoved && (deviceType == nil || $0.identity.deviceType == deviceType)
        }
    }

    private mutating func cursor(
        after page: EventPage,
        _ requested: Cursor?,
        _ connector: SimulatedConnector,
        _ faults: ContentFaults
    ) -> APIRenderer.CursorField {
        let last = page.events.last?.position ?? requested?.after
        if faults.contains(.cursorEndless) {
            cursorSerial += 1
            return .text(Cursor(after: last, serial: cursorSerial).text)
        }
        if faults.contains(.cursorLoop) { return .text((requested ?? Cursor(after: last)).text) }
        if faults.contains(.repeatPages), requested?.isRepetition != true {
            return .text(Cursor(after: requested?.after, isRepetition: true).text)
        }
        if page.hasMore, faults.contains(.shiftPages), let last {
            // At most half a page back, so that paging ends.
            let reach = min(3, (page.events.count - 1) / 2)
            let places = random.whole(-reach, 3)
            let shifted = connector.position(places, after: last, order: configuration.order)
            return .text(Cursor(after: shifted).text)
        }
        if page.hasMore { return .text(Cursor(after: last).text) }
        return faults.contains(.nullCursor) ? .null : faults.contains(.emptyCursor) ? .text("") : .absent
    }
}
