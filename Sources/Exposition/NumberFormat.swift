// SPDX-License-Identifier: Apache-2.0

/// Numbers as both formats read them, in as few bytes as keep their value.
enum NumberFormat {
    /// Appends a count.
    static func append(_ value: Int, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: value.description.utf8)
    }

    /// Appends the shortest text that reads back as the same value.
    ///
    /// Whole numbers are written without a fraction where a `Double` holds every integer, below 2⁵³; `-0.0` keeps
    /// its sign. Swift's own `nan` and `inf` are spelt as Prometheus spells them.
    ///
    /// Source: Prometheus, "Exposition formats": "a float represented as required by Go's ParseFloat()", `NaN`,
    /// `+Inf` and `-Inf`; OpenMetrics 1.0, "Numbers".
    static func append(_ value: Double, to bytes: inout [UInt8]) {
        if let whole = Int(exactly: value), whole.magnitude < 1 << 53, whole != 0 || value.sign == .plus {
            append(whole, to: &bytes)
        } else if value.isFinite {
            bytes.append(contentsOf: value.description.utf8)
        } else {
            bytes.append(contentsOf: notFinite(value).utf8)
        }
    }

    /// Writes a number as the value of an `le` label, where its text is its identity.
    ///
    /// The same in both formats, and with every client that keeps to the rule: as Go's `%g` writes it, with `.0`
    /// where neither a point nor an exponent shows that it is a float. Swift's shortest digits are the same, but it
    /// changes to an exponent at 2⁵⁴ and Go at 10⁶.
    ///
    /// Source: OpenMetrics 1.0, "Considerations: Canonical Numbers".
    static func canonical(_ value: Double) -> String {
        guard value.isFinite else { return notFinite(value) }
        let text = value.description
        guard value.magnitude >= 1e6, !text.contains("e") else { return text }
        let sign = value.sign == .minus ? "-" : ""
        let whole = value.magnitude.description.prefix { $0 != "." }
        var digits = value.magnitude.description.filter { $0 != "." }
        while digits.count > 1, digits.last == "0" { digits.removeLast() }
        let fraction = digits.dropFirst()
        let exponent = whole.count - 1
        return sign + digits.prefix(1) + (fraction.isEmpty ? "" : ".") + fraction
            + "e+" + (exponent < 10 ? "0" : "") + exponent.description
    }

    private static func notFinite(_ value: Double) -> String {
        value.isNaN ? "NaN" : value.sign == .minus ? "-Inf" : "+Inf"
    }
}
