// SPDX-License-Identifier: Apache-2.0

/// The time as the loop has read it: one reading for all that happens in a round.
struct LoopTime: Sendable {
    /// For deadlines; it never goes back.
    var instant: ContinuousClock.Instant

    /// For the `Date` field, in its text form.
    var date: [UInt8]
}
