// SPDX-License-Identifier: Apache-2.0

/// Whether the thread takes new clients, and why not.
enum AcceptState: Equatable {
    /// It does.
    case open
    /// As many connections as may be are open, and none of them is to make room before that time, if at all.
    case full(until: ContinuousClock.Instant?)
    /// The process or the machine has no descriptor or no memory for one more.
    ///
    /// It is tried again when a connection has closed, or then, since the shortage may be someone else's.
    case exhausted(until: ContinuousClock.Instant)
    /// The endpoint stops.
    case ended
}
