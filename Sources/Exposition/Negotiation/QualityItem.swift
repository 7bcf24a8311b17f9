// SPDX-License-Identifier: Apache-2.0

import WireText

/// One member of an `Accept` or `Accept-Encoding` list.
struct QualityItem: Sendable, Equatable {
    /// A media range or a content coding, in lower case.
    let value: String

    /// The parameters except the weight.
    let parameters: [Parameter]

    /// The quality value in thousandths; 1000 if absent.
    let weight: Int

    struct Parameter: Sendable, Equatable {
        /// The name in lower case.
        let name: String
        /// The value without quotes, in its original case.
        let value: String
    }

    /// Returns the value of a parameter, or `nil` if it is absent.
    func parameter(_ name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    /// Parses a list and skips malformed members.
    ///
    /// - Parameter header: any text. A header longer than 8 KiB yields an empty list.
    /// - Returns: the members in header order.
    /// - Complexity: O(n).
    ///
    /// Source: RFC 9110, sections 5.6 (lists, tokens, quoted strings, parameters), 12.4.2 (weights).
    static func list(_ header: String) -> [QualityItem] {
        let bytes = Array(header.utf8.prefix(lengthLimit + 1))
        guard bytes.count <= lengthLimit else { return [] }
        var scanner = HeaderScanner(bytes)
        var items: [QualityItem] = []
        while !scanner.isAtEnd {
            if let item = item(&scanner) { items.append(item) }
            scanner.skipMember()
        }
        return items
    }

    private static let lengthLimit = 8 << 10

    private static func item(_ scanner: inout HeaderScanner) -> QualityItem? {
        scanner.skipSpace()
        guard let value = scanner.token(allowingSlash: true) else { return nil }
        var parameters: [Parameter] = []
        var weight = 1000
        scanner.skipSpace()
        while scanner.skip(UInt8(ascii: ";")) {
            scanner.skipSpace()
            // The current grammar excludes "text/plain;" and ";;", but RFC 7231 allowed them.
            guard let name = scanner.token()?.lowercased() else { continue }
            guard scanner.skip(UInt8(ascii: "=")), let text = scanner.tokenOrQuotedString() else {
                return nil
            }
            if name == "q" {
                guard let quality = quality(text) else { return nil }
                weight = quality
            } else {
                parameters.append(Parameter(name: name, value: text))
            }
            scanner.skipSpace()
        }
        guard scanner.isAtMemberEnd else { return nil }
        return QualityItem(value: value.lowercased(), parameters: parameters, weight: weight)
    }

    /// Parses a quality value into thousandths.
    ///
    /// Digits after the third are ignored.
    private static func quality(_ text: String) -> Int? {
        let digits = Array(text.utf8)
        guard let first = digits.first, first == UInt8(ascii: "0") || first == UInt8(ascii: "1") else {
            return nil
        }
        guard digits.count > 1 else { return first == UInt8(ascii: "1") ? 1000 : 0 }
        let fraction = digits.dropFirst(2)
        guard digits[1] == UInt8(ascii: "."), fraction.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        var thousandths = Int(first - UInt8(ascii: "0")) * 1000
        for (digit, unit) in zip(fraction, [100, 10, 1]) {
            thousandths += Int(digit - UInt8(ascii: "0")) * unit
        }
        return thousandths <= 1000 ? thousandths : nil
    }
}
