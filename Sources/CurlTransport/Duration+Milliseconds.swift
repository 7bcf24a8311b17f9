// SPDX-License-Identifier: Apache-2.0

extension Duration {
    /// Whole milliseconds, rounded up, from 0 to the 24 days that an `int` of milliseconds can hold.
    ///
    /// Rounded up because waiting 0 ms for a deadline that is 0.4 ms away would be a loop without rest.
    var milliseconds: Int32 {
        guard self > .zero else { return 0 }
        guard self < .milliseconds(Int32.max) else { return Int32.max }
        let (seconds, attoseconds) = components
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
