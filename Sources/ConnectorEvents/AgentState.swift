// SPDX-License-Identifier: Apache-2.0

/// Whether the connector's agent runs, and whether it said goodbye before it started again.
package struct AgentState: Sendable, Hashable, Codable {
    /// By the newest of `Init` and `Leave`; `nil` until one was seen.
    package private(set) var isRunning: Bool?

    package init() {}

    /// Takes the next event; other kinds change nothing.
    ///
    /// - Returns: whether it is an `Init` where the agent was running already: a restart with no `Leave`
    ///   before it.
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
