// SPDX-License-Identifier: Apache-2.0

/// The state of a connector's agent, from its `Init` and `Leave` events.
package struct AgentState: Sendable, Hashable, Codable {
    /// Whether the newest of `Init` and `Leave` is `Init`; `nil` before the first.
    package private(set) var isRunning: Bool?

    package init() {}

    /// Applies the next event.
    ///
    /// Other kinds have no effect.
    ///
    /// - Returns: whether the event is an unclean restart: an `Init` without a `Leave` since the last `Init`.
    package mutating func apply(_ kind: EventKind) -> Bool {
        switch kind {
        case .initialize:
            defer { isRunning = true }
            return isRunning == true
        case .leave:
            isRunning = false
            return false
        default:
            return false
        }
    }
}
