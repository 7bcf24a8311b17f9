// SPDX-License-Identifier: Apache-2.0

/// A small random generator whose whole future is its seed.
///
/// Its draws are written out here rather than taken from the standard library, so that a seed means the same life
/// with every release of Swift.
///
/// Source: SplitMix64; Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Begins one of the streams of a seed.
    ///
    /// - Parameters:
    ///   - seed: what the user gave.
    ///   - path: names the stream; streams of different paths have nothing to do with each other.
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

    /// A number of [0, 1).
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number of [low, high).
    mutating func between(_ low: Double, _ high: Double) -> Double { low + (high - low) * unit() }

    /// A whole number of [low, high].
    mutating func whole(_ low: Int, _ high: Int) -> Int {
        low + min(high - low, Int(unit() * Double(high - low + 1)))
    }

    /// True in this share of all draws.
    mutating func chance(_ share: Double) -> Bool { unit() < share }

    /// How long until something happens that happens once in `mean` on average, at any time alike.
    ///
    /// At least a thousandth of the mean, so that a life never stands still.
    mutating func wait(mean: Double) -> Double {
        // Von Neumann's method: exact, and by comparisons alone, so that no mathematics library can change a life.
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

    /// Hexadecimal digits, in lower case.
    mutating func hex(_ count: Int) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for _ in 0..<count { text.append(digits[Int(next() >> 60)]) }
        return String(decoding: text, as: UTF8.self)
    }
}
