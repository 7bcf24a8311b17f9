// SPDX-License-Identifier: Apache-2.0

/// A small random generator whose sequence depends on its seed alone.
///
/// Its draws do not use the standard library's, so that a seed gives the same script with every release of Swift.
///
/// Source: SplitMix64; Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Creates one of the streams of a seed.
    ///
    /// - Parameters:
    ///   - seed: the seed that the user chose.
    ///   - path: the identity of the stream; streams of different paths are independent.
    init(seed: UInt64, _ path: UInt64...) {
        state = seed
        for step in path { state = next() ^ (step &* 0x9E37_79B9_7F4A_7C15) }
        _ = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// Returns a number in [0, 1).
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * unit() }

    mutating func whole(_ low: Int, _ high: Int) -> Int {
        low + min(high - low, Int(unit() * Double(high - low + 1)))
    }

    /// Returns `true` for this share of all draws.
    mutating func chance(_ share: Double) -> Bool { unit() < share }

    /// Returns an exponentially distributed wait.
    ///
    /// It is at least a thousandth of the mean, so that a script always advances.
    mutating func wait(mean: Double) -> Double {
        // Von Neumann's method is exact and uses only comparisons, so the result does not depend on a mathematics library.
        // Source: Knuth, "The Art of Computer Programming", volume 2, 3.4.1, on the exponential distribution.
        var whole = 0.0
        while true {
            let first = unit()
            var last = first
            var length = 1
            while true {
                let following = unit()
                if following >= last { break }
                last = following
                length += 1
            }
            if length % 2 == 1 { return max(mean * (whole + first), mean / 1000) }
            whole += 1
        }
    }

    /// Returns hexadecimal digits, in lower case.
    mutating func hex(_ count: Int) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for _ in 0..<count { text.append(digits[Int(next() >> 60)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
