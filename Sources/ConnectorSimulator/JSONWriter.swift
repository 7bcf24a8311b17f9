// SPDX-License-Identifier: Apache-2.0

/// Appends JSON to bytes, as it stands in RFC 8259.
///
/// Answers are written by hand: a page of a thousand events takes a tenth of a millisecond, where `JSONEncoder` takes
/// several, and the exporter that is measured against the simulator shares the machine with it.
struct JSONWriter {
    /// How numbers are spelled.
    enum NumberStyle: Sendable {
        /// `1700000000`
        case plain
        /// `1700000000.0`
        case float
        /// `1.7e9`
        case exponent
    }

    private(set) var bytes: [UInt8] = []
    var style = NumberStyle.plain

    init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    /// Appends what is JSON already.
    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    }

    /// Appends what is JSON already.
    mutating func raw(_ other: [UInt8]) { bytes.append(contentsOf: other) }

    /// Appends a string in quotes (RFC 8259, 7).
    mutating func string(_ text: String) {
        bytes.append(0x22)
        for byte in text.utf8 {
            switch byte {
            case 0x22, 0x5c:
                bytes.append(0x5c)
                bytes.append(byte)
            case 0x0a: raw("\\n")
            case 0x0d: raw("\\r")
            case 0x09: raw("\\t")
            case 0..<0x20:
                raw("\\u00")
                bytes.append(Self.digits[Int(byte >> 4)])
                bytes.append(Self.digits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(0x22)
    }

    /// Appends a whole number, in plain digits whatever the style.
    mutating func integer(_ value: Int) {
        if value < 0 { bytes.append(0x2d) }
        let start = bytes.count
        var rest = value.magnitude
        repeat {
            bytes.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    /// Appends a number in the style in force.
    mutating func number(_ value: Int) {
        switch style {
        case .plain: integer(value)
        case .float:
            integer(value)
            raw(".0")
        case .exponent: exponent(value)
        }
    }

    /// Appends a finite number in its shortest form that reads back the same.
    mutating func double(_ value: Double) { bytes.append(contentsOf: value.description.utf8) }

    /// Appends `true` or `false`.
    mutating func bool(_ value: Bool) { value ? raw("true") : raw("false") }

    /// Appends an object of numbers, its keys in order.
    mutating func object(_ members: [(key: String, value: Int)]) {
        raw("{")
        for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
            if index > 0 { raw(",") }
            string(member.key)
            raw(":")
            integer(member.value)
        }
        raw("}")
    }

    private mutating func exponent(_ value: Int) {
        var digits = Array(String(value.magnitude).utf8)
        let power = digits.count - 1
        while digits.count > 1, digits.last == 0x30 { digits.removeLast() }
        if value < 0 { bytes.append(0x2d) }
        bytes.append(digits[0])
        if digits.count > 1 {
            bytes.append(0x2e)
            bytes.append(contentsOf: digits[1...])
        }
        bytes.append(0x65)
        integer(power)
    }

    private static let digits = Array("0123456789abcdef".utf8)
}
