// SPDX-License-Identifier: Apache-2.0

/// The order in which requests are sent if the budget is short.
package enum RequestPriority: Int, Sendable, Comparable {
    /// The newest events of a connector.
    case poll
    /// The payloads of these events.
    case payload
    /// The connectors of an account.
    case discovery
    /// The snapshots of connectors.
    case snapshot
    /// Late events and payloads of history, which use the rest of the budget.
    case spare

    /// Whether the left priority is sent first.
    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
