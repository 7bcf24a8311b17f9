// SPDX-License-Identifier: Apache-2.0

/// Durations as Prometheus writes them: `90s`, `5m`, `1h30m`, `1d`.
///
/// Source: Prometheus, "Configuration", `<duration>`: units from the largest to the smallest, each at most once.
package enum DurationText {
    private static let units: [(name: String, milliseconds: Int)] = [
        ("y", 365 * 86_400_000), ("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000),
        ("s", 1000), ("ms", 1),
    ]

    /// Reads a duration.
    ///
    /// - Returns: seconds, or `nil` where the text is not a duration.
    package static func seconds(_ text: String) -> Double? {
        if text == "0" { return 0 }
        var rest = text.utf8[...]
        var total = 0
        var allowed = units[...]
        while !rest.isEmpty {
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { !(0x30...0x39).contains($0) }
            rest = rest.dropFirst(unit.count)
            guard let count = Int(String(decoding: digits, as: UTF8.self)),
                let index = allowed.firstIndex(where: { $0.name.utf8.elementsEqual(unit) })
            else { return nil }
            let (product, tooLong) = count.multipliedReportingOverflow(by: units[index].milliseconds)
            let (sum, overflow) = total.addingReportingOverflow(product)
            if tooLong || overflow { return nil }
            total = sum
            allowed = units[(index + 1)...]
        }
        return text.isEmpty ? nil : Double(total) / 1000
    }
}
