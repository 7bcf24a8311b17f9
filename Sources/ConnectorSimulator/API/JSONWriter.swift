// SPDX-License-Identifier: Apache-2.0

import WireText

/// Appends JSON (RFC 8259) to a byte buffer, with the commas between members and elements.
///
/// Writing a page of a thousand events takes a tenth of a millisecond; `JSONEncoder` needs several. That matters because
/// the measured exporter shares the machine with the simulator.
struct JSONWriter {
    /// The notation of numbers that `field(_:number:)` writes.
    enum NumberStyle: Sendable {
        /// `1700000000`
        case plain
        /// `1700000000.0`
        case float
        /// `1.7e9`
        case exponent
    }

    private(set) var bytes: [UInt8] = []
    private let style: NumberStyle

    init(capacity: Int = 256, style: NumberStyle = .plain) {
        self.style = style
        bytes.reserveCapacity(capacity)
    }

    /// Returns the bytes of one object.
    static func object(
        capacity: Int = 256,
        _ members: (inout JSONWriter) throws -> Void
    ) rethrows -> [UInt8] {
        var json = JSONWriter(capacity: capacity)
        try json.object(members)
        return json.bytes
    }

    mutating func object(_ members: (inout JSONWriter) throws -> Void) rethrows {
        raw("{")
        try members(&self)
        bytes.append(UInt8(ascii: "}"))
    }

    mutating func array(_ elements: (inout JSONWriter) throws -> Void) rethrows {
        raw("[")
        try elements(&self)
        bytes.append(UInt8(ascii: "]"))
    }

    /// Appends a key; its value must follow.
    mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
    }

    /// Appends JSON text.
    mutating func raw(_ text: StaticString) {
        separate()
        text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    }

    /// Appends JSON bytes.
    mutating func raw(_ other: [UInt8]) {
        separate()
        bytes.append(contentsOf: other)
    }

    /// Appends a string in quotes (RFC 8259, 7).
    mutating func string(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case .lineFeed: bytes += "\\n".utf8
            case .carriageReturn: bytes += "\\r".utf8
            case .tab: bytes += "\\t".utf8
            case 0..<0x20: bytes += "\\u00\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Appends a comma, unless the last byte is `{`, `[` or `:`.
    private mutating func separate() {
        guard let last = bytes.last, !"{[:".utf8.contains(last) else { return }
        bytes.append(UInt8(ascii: ","))
    }

    /// Appends a whole number; a key precedes it.
    mutating func digits(_ value: Int) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        let start = bytes.count
        var rest = value.magnitude
        repeat {
            bytes.append(0x30 + UInt8(truncatingIfNeeded: rest % 10))
            rest /= 10
        } while rest > 0
        bytes[start...].reverse()
    }

    /// Appends a number in the style of the writer; a key precedes it.
    mutating func styled(_ value: Int) {
        switch style {
        case .plain: digits(value)
        case .float:
            digits(value)
            bytes += ".0".utf8
        case .exponent: exponent(value)
        }
    }

    private mutating func exponent(_ value: Int) {
        var text = String(value.magnitude)
        let power = text.utf8.count - 1
        while text.utf8.count > 1, text.last == "0" { text.removeLast() }
        if text.utf8.count > 1 { text.insert(".", at: text.index(after: text.startIndex)) }
        bytes += "\(value < 0 ? "-" : "")\(text)e\(power)".utf8
    }
}
