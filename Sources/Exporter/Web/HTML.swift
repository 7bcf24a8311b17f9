// SPDX-License-Identifier: Apache-2.0

/// HTML that escapes every interpolated string.
struct HTML: ExpressibleByStringInterpolation, CustomStringConvertible {
    /// The builder of interpolated HTML.
    ///
    /// Literals are markup; other values are escaped.
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var markup = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            markup.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ literal: String) { markup += literal }

        /// Appends HTML without escaping it again.
        mutating func appendInterpolation(_ html: HTML) { markup += html.markup }

        /// Appends a list of HTML without escaping it again.
        mutating func appendInterpolation(_ html: [HTML]) {
            for piece in html { markup += piece.markup }
        }

        /// Appends text, escaped for element content and quoted attributes.
        mutating func appendInterpolation(_ text: some CustomStringConvertible) {
            let text = text.description
            // Most texts are short words, and appending them as a whole is much faster.
            guard text.utf8.contains(where: { "&<>\"'".utf8.contains($0) }) else { return markup += text }
            for character in text.unicodeScalars {
                switch character {
                case "&": markup += "&amp;"
                case "<": markup += "&lt;"
                case ">": markup += "&gt;"
                case "\"": markup += "&quot;"
                case "'": markup += "&#39;"
                default: markup.unicodeScalars.append(character)
                }
            }
        }
    }

    private let markup: String

    init(stringLiteral markup: String) { self.markup = markup }

    init(stringInterpolation: StringInterpolation) { markup = stringInterpolation.markup }

    var description: String { markup }
}
