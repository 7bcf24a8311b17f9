// SPDX-License-Identifier: Apache-2.0

/// How many bytes may have left by when.
struct Pace {
    /// When the first byte of the body could leave.
    let start: ContinuousClock.Instant

    /// The rate, at least 1.
    let bytesPerSecond: Int

    /// How many bytes more may leave now.
    ///
    /// - Parameters:
    ///   - written: how many have left.
    ///   - now: the time.
    func allowance(written: Int, at now: ContinuousClock.Instant) -> Int {
        // 2⁵³ bytes are far beyond any body, and exact in a Double.
        let allowed = min((now - start) / .seconds(1) * Double(bytesPerSecond), 0x1p53)
        return max(0, Int(allowed) - written)
    }

    /// When the next slice may leave: a twentieth of a second's worth, so that the flow is even and wake-ups are few.
    ///
    /// - Parameters:
    ///   - written: how many bytes have left.
    ///   - remaining: how many are to leave.
    func next(written: Int, remaining: Int) -> ContinuousClock.Instant {
        let slice = max(1, min(remaining, bytesPerSecond / 20))
        // A microsecond more than exact, so that rounding never makes the slice one byte short.
        return start + .seconds(Double(written + slice) / Double(bytesPerSecond)) + .microseconds(1)
    }
}
