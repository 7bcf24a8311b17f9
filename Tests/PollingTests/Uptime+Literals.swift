// SPDX-License-Identifier: Apache-2.0

import LinuxSystem

extension Uptime: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
    /// Makes a time from its seconds.
    public init(floatLiteral seconds: Double) { self.init(seconds: seconds) }
    /// Makes a time from its seconds.
    public init(integerLiteral seconds: Int) { self.init(seconds: Double(seconds)) }
}

extension [Uptime] {
    /// Returns the maximum number of times in any window.
    func peak(window: Double) -> Int {
        let times = sorted()
        var first = 0
        var peak = 0
        for (index, time) in times.enumerated() {
            // A time exactly one window later is outside; the small addend absorbs rounding.
            while times[first].seconds <= time.seconds - window + 1e-6 { first += 1 }
            peak = Swift.max(peak, index - first + 1)
        }
        return peak
    }
}
