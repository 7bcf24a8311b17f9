// SPDX-License-Identifier: Apache-2.0

/// The outcome of sending a response.
package enum ResponseOutcome: Sendable, Hashable {
    /// The kernel has accepted the last byte.
    case sent
    /// The response was not sent completely: the client disconnected or was too slow, or the endpoint stopped.
    case aborted
}
