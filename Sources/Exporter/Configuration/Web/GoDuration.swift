// SPDX-License-Identifier: Apache-2.0

/// The parser of Go's durations, such as `1.5s` or `1m30s`, which exporter-toolkit's web configuration file uses.
///
/// Source: Go, `time.ParseDuration`.
enum GoDuration {
    private static let nanoseconds = [
        "ns": 1, "us": 1000, "µs": 1000, "μs": 1000, "ms": 1_000_000, "s": 1_000_000_000, "m": 60_000_000_000,
        "h": 3_600_000_000_000,
    ]

    /// The number of digits of a fraction that can change a number of nanoseconds.
    private static let maxFractionDigits = 13

    /// Parses a duration.
    ///
    /// - Returns: the duration, or `nil` if the text is invalid, negative or longer than 292 years.
    static func parse(_ text: String) -> Duration? {
        guard text != "0" else { return .zero }
        guard !text.isEmpty else { return nil }
        var rest = text[...]
        var total = 0
        while !rest.isEmpty {
            guard let part = readPart(from: &rest) else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow else { return nil }
            total = sum
        }
        return .nanoseconds(total)
    }

    /// Reads a number and its unit, and returns the nanoseconds.
    private static func readPart(from text: inout Substring) -> Int? {
        let whole = readDigits(from: &text)
        var fraction: Substring = ""
        if text.first == "." {
            text.removeFirst()
            fraction = readDigits(from: &text)
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        let name = text.prefix { $0 != "." && !isDigit($0) }
        text = text[name.endIndex...]
        guard let unit = nanoseconds[String(name)], let number = Int(whole.isEmpty ? "0" : whole),
            let remainder = Double("0.\(fraction.prefix(maxFractionDigits))0")
        else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: unit)
        guard !overflow else { return nil }
        let (sum, sumOverflow) = product.addingReportingOverflow(Int(remainder * Double(unit)))
        return sumOverflow ? nil : sum
    }

    private static func readDigits(from text: inout Substring) -> Substring {
        let digits = text.prefix(while: isDigit)
        text = text[digits.endIndex...]
        return digits
    }

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
}
