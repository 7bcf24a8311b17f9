// SPDX-License-Identifier: Apache-2.0

extension Duration {
    /// The duration as a timeout of `poll(2)` and `epoll_wait(2)`: milliseconds, 0 to 2³¹ − 1, about 24 days.
    ///
    /// It is rounded up. A timeout of 0 ms for a deadline in 0.4 ms would make the caller loop without a pause.
    package var pollTimeout: Int32 {
        guard self > .zero else { return 0 }
        guard self < .milliseconds(Int32.max) else { return Int32.max }
        let (seconds, attoseconds) = components
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
