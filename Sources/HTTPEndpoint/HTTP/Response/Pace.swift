// SPDX-License-Identifier: Apache-2.0

/// How many bytes may have left by when.
struct Pace {
    /// When the first byte of the body could leave.
    let start: ContinuousClock.Instant

    /// The rate, at least 1.
    let bytesPerSecond: Int

    /// Says how many bytes more may leave now.
    ///
    /// - Parameters:
    ///   - written: how many have left.
    ///   - now: the time.
    /// - Returns: 0 where it must wait.
    func allowance(written: Int, at now: ContinuousClock.Instant) -> Int {
        // 2⁵³ bytes are far beyond any body, and exact in a Double.
        let allowed = min((now - start) / .seconds(1) * Double(bytesPerSecond), 0x1p53)
        return max(0, Int(allowed) - written)
    }

    /// Says when the next slice may leave.
    ///
    /// A slice is a twentieth of a second's worth, so that the flow is even and wake-ups are few.
    ///
    /// - Parameters:
    ///   - written: how many bytes have left.
    ///   - remaining: how many are to leave.
    /// - Returns: a time at which there is an allowance of at least the slice.
    func next(written: Int, remaining: Int) -> ContinuousClock.Instant {
        let slice = max(1, min(remaining, bytesPerSecond / 20))
        // A microsecond more than exact, so that rounding never makes the slice one byte short.
        return start + .seconds(Double(written + slice) / Double(bytesPerSecond)) + .microseconds(1)
    }
}
