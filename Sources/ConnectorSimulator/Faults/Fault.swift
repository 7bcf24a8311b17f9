// SPDX-License-Identifier: Apache-2.0

/// An injected fault, and the requests that it affects.
package struct Fault: Sendable, Hashable {
    package var effect: FaultEffect
    /// The share of the matching requests that the fault affects, from 0 to 1.
    package var share = 1.0
    /// The only kind of route that the fault affects, or `nil` for every kind.
    package var route: RouteKind?
    /// The only connector that the fault affects, or `nil` for every connector.
    ///
    /// For `vanish` and `duplicate_connectors` it is the connector in the list, otherwise the connector in the path.
    package var connector: String?
    /// The number of requests that the fault still affects, or `nil` if it is not limited.
    package var times: Int?

    package init(
        _ effect: FaultEffect,
        share: Double = 1,
        route: RouteKind? = nil,
        connector: String? = nil,
        times: Int? = nil
    ) {
        self.effect = effect
        self.share = share
        self.route = route
        self.connector = connector
        self.times = times
    }

    func matches(_ route: Route) -> Bool {
        if times == 0 { return false }
        if let kind = self.route, kind != route.kind { return false }
        guard case .content(let fault) = effect else {
            return connector == nil || connector == route.connector
        }
        guard fault.routes.contains(route.kind) else { return false }
        return connector == nil || route.kind == .connectors || connector == route.connector
    }
}
