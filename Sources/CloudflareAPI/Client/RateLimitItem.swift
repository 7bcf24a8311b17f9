// SPDX-License-Identifier: Apache-2.0

/// A member of a list of structured fields: `"name";r=50;t=30`.
///
/// Source: RFC 9651, 3.1.2 and 4.2.
struct RateLimitItem: Hashable {
    /// The parameters that are non-negative integers.
    let parameters: [String: Int]

    /// Reads a list and skips its malformed members.
    static func list(_ text: String) -> [RateLimitItem] {
        split(text, at: ",").compactMap { RateLimitItem($0) }
    }

    private init?(_ text: Substring) {
        let parts = Self.split(text, at: ";").map { Self.trimmed($0) }
        guard let name = parts.first, !name.isEmpty else { return nil }
        var parameters: [String: Int] = [:]
        for part in parts.dropFirst() {
            guard let equals = part.firstIndex(of: "=") else { continue }
            let digits = part[part.index(after: equals)...]
            // Integers have at most 15 digits (RFC 9651, 3.3.1). Int(_:) alone would also read "+5" and "-5".
            guard digits.utf8.count <= 15, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                continue
            }
            // The last of several equal keys counts (RFC 9651, 4.2.3.2).
            parameters[String(part[..<equals])] = Int(digits)
        }
        self.parameters = parameters
    }

    /// Splits a text at the separators outside quotes.
    private static func split(_ text: some StringProtocol, at separator: Character) -> [Substring] {
        let text = Substring(text)
        var parts: [Substring] = []
        var start = text.startIndex
        var isQuoted = false
        var isEscaped = false
        for index in text.indices {
            let character = text[index]
            if isEscaped {
                isEscaped = false
            } else if isQuoted && character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isQuoted.toggle()
            } else if character == separator && !isQuoted {
                parts.append(text[start..<index])
                start = text.index(after: index)
            }
        }
        return parts + [text[start...]]
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        return text.drop { $0 == " " || $0 == "\t" }
    }
}
