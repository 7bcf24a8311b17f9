// SPDX-License-Identifier: Apache-2.0

/// A duration as Go writes it, such as `1.5s` or `1m30s`: what exporter-toolkit's file has in place of Prometheus's own.
///
/// Source: `time.ParseDuration` of Go.
enum GoDuration {
    private static let units: [(name: String, nanoseconds: Int)] = [
        ("ns", 1), ("us", 1000), ("µs", 1000), ("μs", 1000), ("ms", 1_000_000), ("s", 1_000_000_000),
        ("m", 60_000_000_000), ("h", 3_600_000_000_000),
    ]

    /// Digits that the nanoseconds of an hour can make a difference with.
    private static let fractionDigits = 13

    /// Reads a duration that is not negative; `nil` where the text is none, or has more nanoseconds than an `Int`.
    static func parse(_ text: String) -> Duration? {
        guard text != "0" else { return .zero }
        guard !text.isEmpty else { return nil }
        var rest = text[...]
        var total = 0
        while !rest.isEmpty {
            let whole = takeDigits(from: &rest)
            var fraction: Substring = ""
            if rest.first == "." {
                rest.removeFirst()
                fraction = takeDigits(from: &rest)
            }
            guard !whole.isEmpty || !fraction.isEmpty else { return nil }
            let name = rest.prefix { $0 != "." && !isDigit($0) }
            guard let unit = units.first(where: { $0.name == name }) else { return nil }
            rest = rest[name.endIndex...]
            guard let number = Int(whole.isEmpty ? "0" : whole) else { return nil }
            let (product, isTooLarge) = number.multipliedReportingOverflow(by: unit.nanoseconds)
            let (sum, isTooMuch) = total.addingReportingOverflow(product)
            let part = Double("0.\(fraction.prefix(fractionDigits))0").map {
                Int($0 * Double(unit.nanoseconds))
            }
            guard !isTooLarge, !isTooMuch, let part else { return nil }
            let (withPart, isOver) = sum.addingReportingOverflow(part)
            guard !isOver else { return nil }
            total = withPart
        }
        return .nanoseconds(total)
    }

    private static func takeDigits(from text: inout Substring) -> Substring {
        let digits = text.prefix(while: isDigit)
        text = text[digits.endIndex...]
        return digits
    }

    private static func isDigit(_ character: Character) -> Bool { ("0"..."9").contains(character) }
}
