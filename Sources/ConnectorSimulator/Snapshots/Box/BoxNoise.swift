// SPDX-License-Identifier: Apache-2.0

/// Reproducible noise: values that depend on a seed, a key and a time alone.
///
/// It uses no mathematics library, so that a seed gives the same snapshots on every platform.
struct BoxNoise: Sendable {
    private let seed: UInt64

    init(seed: UInt64) { self.seed = seed }

    /// Returns a number in [0, 1) for a key.
    func unit(_ key: UInt64, _ index: Int = 0) -> Double {
        var random = SeededGenerator(
            seed: seed ^ (key &* 0xD6E8_FEB8_6659_FD93),
            UInt64(bitPattern: Int64(index))
        )
        return random.unit()
    }

    /// Returns a whole number in a range for a key.
    func whole(_ range: ClosedRange<Int>, _ key: UInt64, _ index: Int = 0) -> Int {
        range.lowerBound + Int(unit(key, index) * Double(range.count))
    }

    /// Returns hexadecimal digits for a key.
    func hex(_ count: Int, _ key: UInt64, _ index: Int = 0) -> String {
        var random = SeededGenerator(
            seed: seed ^ (key &* 0xD6E8_FEB8_6659_FD93),
            UInt64(bitPattern: Int64(index))
        )
        return random.hex(count)
    }

    /// Returns a number in [0, 1) that changes slowly with time.
    ///
    /// - Parameters:
    ///   - key: the identity of the curve.
    ///   - t: seconds since the Unix epoch.
    ///   - period: the seconds between two independent values.
    /// - Returns: a value on the line between two random ones.
    func smooth(_ key: UInt64, at t: Int, period: Int) -> Double {
        let slot = t / period
        let share = Double(t % period) / Double(period)
        return unit(key, slot) * (1 - share) + unit(key, slot + 1) * share
    }

    private static let waves: [(height: Double, period: Double, key: UInt64)] = [
        (0.5, 86_400, 0x77_01), (0.3, 1500, 0x77_02),
    ]

    /// Returns how busy the box is, relative to its average: from 0.2 to 1.8.
    func load(at t: Int) -> Double {
        Self.waves.reduce(1) { sum, wave in
            let phase = (Double(t) / wave.period + unit(wave.key)).truncatingRemainder(dividingBy: 1)
            return sum + wave.height * (phase < 0.5 ? 4 * phase - 1 : 3 - 4 * phase)
        }
    }

    /// Returns the integral of `load(at:)`, in seconds.
    ///
    /// Counters are multiples of it, so they increase as fast as the gauges show.
    func work(from start: Int, to end: Int) -> Double {
        guard end > start else { return 0 }
        return Self.waves.reduce(Double(end - start)) { sum, wave in
            let phase = unit(wave.key)
            let rise =
                Self.area(Double(end) / wave.period + phase) - Self.area(Double(start) / wave.period + phase)
            return sum + wave.height * wave.period * rise
        }
    }

    /// The integral of a triangle wave from -1 to 1, since the beginning of its period.
    private static func area(_ position: Double) -> Double {
        let phase = position.truncatingRemainder(dividingBy: 1)
        return phase < 0.5 ? 2 * phase * phase - phase : 3 * phase - 2 * phase * phase - 1
    }
}
