// SPDX-License-Identifier: Apache-2.0

/// The state of accepting connections.
enum AcceptState: Equatable {
    case open
    /// The limit of connections is reached, and none may be evicted before `until`; `nil` if none may be evicted at all.
    case full(until: ContinuousClock.Instant?)
    /// No descriptor or no memory is available.
    ///
    /// The next attempt follows when a connection closes, or at `until`, because other processes may use the resource.
    case exhausted(until: ContinuousClock.Instant)
    /// The endpoint is stopping.
    case ended
}
