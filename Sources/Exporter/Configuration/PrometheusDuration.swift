// SPDX-License-Identifier: Apache-2.0

/// A time span as Prometheus writes it: `90s`, `5m`, `1h30m`, `1d`.
///
/// Source: Prometheus, "Configuration": `<duration>`, units `y`, `w`, `d`, `h`, `m`, `s`, `ms` from the largest down,
/// each at most once; a lone `0` needs no unit.
package struct PrometheusDuration: Sendable, Hashable, CustomStringConvertible {
    /// The whole of it, not negative.
    package let milliseconds: Int

    /// As many milliseconds as have nanoseconds in 64 bits: 292 years.
    private static let longest = Int(Int64.max / 1_000_000)

    private static let units: [(name: String, milliseconds: Int)] = [
        ("y", 31_536_000_000), ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000),
        ("s", 1000),
        ("ms", 1),
    ]

    /// A number of milliseconds, not negative.
    package init(milliseconds: Int) { self.milliseconds = milliseconds }

    /// A whole number of seconds.
    package static func seconds(_ seconds: Int) -> PrometheusDuration {
        PrometheusDuration(milliseconds: seconds * 1000)
    }

    /// Reads a duration; `nil` where the text is none, or where it is longer than Prometheus's 292 years.
    package init?(_ text: String) {
        guard text != "0" else {
            self.init(milliseconds: 0)
            return
        }
        guard !text.isEmpty else { return nil }
        var rest = text[...]
        var units = Self.units[...]
        var total = 0
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            let name = rest[digits.endIndex...].prefix { $0.isASCII && $0.isLetter }
            guard let number = Int(digits), let index = units.firstIndex(where: { $0.name == name }) else {
                return nil
            }
            let (product, isTooLarge) = number.multipliedReportingOverflow(by: units[index].milliseconds)
            let (sum, isTooMuch) = total.addingReportingOverflow(product)
            guard !isTooLarge, !isTooMuch, sum <= Self.longest else { return nil }
            total = sum
            units = units[(index + 1)...]
            rest = rest[name.endIndex...]
        }
        self.init(milliseconds: total)
    }

    /// Seconds and their fraction.
    package var seconds: Double { Double(milliseconds) / 1000 }

    /// Seconds, a fraction counted as a whole one.
    package var wholeSeconds: Int { (milliseconds + 999) / 1000 }

    /// In the terms of the standard library.
    package var duration: Duration { .milliseconds(milliseconds) }

    /// As Prometheus prints it: years and weeks only where nothing is left over.
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
}
