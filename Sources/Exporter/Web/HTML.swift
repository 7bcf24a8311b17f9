// SPDX-License-Identifier: Apache-2.0

/// HTML in which every string from outside is text and nothing else.
struct HTML: ExpressibleByStringInterpolation, CustomStringConvertible {
    /// Builds HTML from literals, which are markup, and values, which are text.
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var markup = ""

        init(literalCapacity: Int, interpolationCount: Int) {
            markup.reserveCapacity(literalCapacity + interpolationCount * 16)
        }

        mutating func appendLiteral(_ literal: String) { markup += literal }

        /// Appends HTML as it is.
        mutating func appendInterpolation(_ html: HTML) { markup += html.markup }

        /// Appends pieces of HTML as they are.
        mutating func appendInterpolation(_ html: [HTML]) {
            for piece in html { markup += piece.markup }
        }

        /// Appends text, escaped for elements and quoted attributes.
        mutating func appendInterpolation(_ text: some CustomStringConvertible) {
            for character in text.description.unicodeScalars {
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
