// SPDX-License-Identifier: Apache-2.0

/// A time span in Prometheus's notation, for example `90s`, `5m`, `1h30m` or `1d`.
///
/// The units are `y`, `w`, `d`, `h`, `m`, `s` and `ms`. They must be in descending order, each at most once. `0` needs
/// no unit.
///
/// Source: Prometheus, "Configuration", `<duration>`.
package struct PrometheusDuration: Sendable, Hashable, CustomStringConvertible {
    /// The length in milliseconds, not negative.
    package let milliseconds: Int

    /// Wraps a number of milliseconds, not negative.
    package init(milliseconds: Int) { self.milliseconds = milliseconds }

    /// Returns a duration of whole seconds.
    package static func seconds(_ seconds: Int) -> PrometheusDuration {
        PrometheusDuration(milliseconds: seconds * 1000)
    }

    /// The length in seconds, with the fraction.
    package var seconds: Double { Double(milliseconds) / 1000 }

    /// The length in seconds, rounded up.
    package var wholeSeconds: Int { (milliseconds + 999) / 1000 }

    /// The length as a `Duration`.
    package var duration: Duration { .milliseconds(milliseconds) }

    /// The duration as Prometheus prints it.
    ///
    /// Years and weeks are printed only if nothing remains.
    package var description: String {
        guard milliseconds != 0 else { return "0s" }
        var rest = milliseconds
        var text = ""
        for (name, size) in Self.units where rest >= size {
            if name == "y" || name == "w", rest % size != 0 { continue }
            text += "\(rest / size)\(name)"
            rest %= size
        }
        return text
    }

    static let units: [(name: String, milliseconds: Int)] = [
        ("y", 31_536_000_000), ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000),
        ("s", 1000), ("ms", 1),
    ]

    /// The largest duration: 2⁶³ nanoseconds, about 292 years, as in Prometheus.
    static let maximum = Int(Int64.max / 1_000_000)
}
