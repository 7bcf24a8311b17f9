// SPDX-License-Identifier: Apache-2.0

/// Number formatting that both exposition formats accept.
enum NumberFormat {
    static func append(_ value: Int, to bytes: inout [UInt8]) {
        bytes.append(contentsOf: value.description.utf8)
    }

    /// Appends the shortest text that parses back to the same value.
    ///
    /// Integers below 2⁵³ have no fraction, and `-0.0` keeps its sign. Larger integers keep `.0`, because a `Double`
    /// does not represent each of them. NaN and infinities use Prometheus' spelling, which differs from Swift's.
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

    /// Returns the canonical text of an `le` value, which identifies the bucket's series.
    ///
    /// The text is that of Go's `%g`, with `.0` added if it has neither a point nor an exponent. Swift's shortest
    /// digits are the same, but Swift switches to an exponent at 2⁵⁴ and Go at 10⁶.
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
