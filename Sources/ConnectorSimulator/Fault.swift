// SPDX-License-Identifier: Apache-2.0

/// Something that goes wrong on purpose, and for whom.
package struct Fault: Sendable, Hashable {
    /// What goes wrong.
    package var effect: FaultEffect
    /// The share of the requests it could befall that it does.
    package var share = 1.0
    /// The only endpoint that it befalls; `nil` is every endpoint.
    package var endpoint: EndpointClass?
    /// The only connector that it befalls.
    ///
    /// Of `vanish` and `duplicate_connectors`, the one in the list; of all else, the one in the path.
    package var connector: String?
    /// How many more requests it befalls; `nil` is for ever.
    package var times: Int?

    package init(
        _ effect: FaultEffect,
        share: Double = 1,
        endpoint: EndpointClass? = nil,
        connector: String? = nil,
        times: Int? = nil
    ) {
        self.effect = effect
        self.share = share
        self.endpoint = endpoint
        self.connector = connector
        self.times = times
    }

    /// Whether it could befall a request.
    func applies(to route: Route) -> Bool {
        if times == 0 { return false }
        if let endpoint, endpoint != route.endpoint { return false }
        guard case .distortion(let distortion) = effect else {
            return connector == nil || connector == route.connector
        }
        guard distortion.endpoints.contains(route.endpoint) else { return false }
        return connector == nil || route.endpoint == .connectors || connector == route.connector
    }
}
