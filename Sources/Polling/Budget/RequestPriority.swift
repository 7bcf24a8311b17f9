// SPDX-License-Identifier: Apache-2.0

/// Who goes first when the budget is short.
package enum RequestPriority: Int, Sendable, Comparable {
    /// What is happening now.
    case poll
    /// Payloads of what has just happened.
    case payload
    /// Which connectors there are.
    case discovery
    /// Late events, and payloads of history: only what is left.
    case spare

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
