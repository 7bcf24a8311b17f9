// SPDX-License-Identifier: Apache-2.0

/// How a response ended.
package enum ResponseOutcome: Sendable, Hashable {
    /// The kernel has taken its last byte.
    case sent
    /// It never left as a whole: the client went, was too slow, the endpoint stopped, or a `Delivery` cut it.
    case aborted
}
