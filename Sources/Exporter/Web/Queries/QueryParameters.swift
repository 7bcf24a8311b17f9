// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import HTTPEndpoint
import WireText

/// The parameters of a request: each is known, occurs once and has a value.
struct QueryParameters {
    private var values: [String: String] = [:]

    /// Creates parameters without values.
    init() {}

    /// Reads the query of a request of the API.
    ///
    /// A wrong name is an error, because ignoring it would return events that the client did not ask for.
    ///
    /// - Parameters:
    ///   - request: the request.
    ///   - names: the known parameters.
    /// - Throws: an error that names the parameter and the remedy.
    init(strictly request: Request, names: [String]) throws(QueryError) {
        for (name, value) in request.query {
            guard names.contains(name) else {
                throw QueryError(
                    "\(Self.quoted(name)): unknown parameter; use \(names.dropLast().joined(separator: ", ")) or "
                        + "\(names.last ?? "")"
                )
            }
            guard values[name] == nil else {
                throw QueryError("\(name): given more than once; use it once")
            }
            guard !value.isEmpty else {
                throw QueryError("\(name): has no value; use a value, or omit the parameter")
            }
            values[name] = value
        }
    }

    /// Reads the query of a page.
    ///
    /// Forms send empty fields, and links from elsewhere may have further parameters. Both are ignored, and the first value of a
    /// name applies.
    init(leniently request: Request) {
        for (name, value) in request.query where values[name] == nil {
            let words = value.split(whereSeparator: \.isWhitespace)
            if !words.isEmpty { values[name] = words.joined(separator: " ") }
        }
    }

    /// The value of a parameter; `nil` if it is missing.
    subscript(name: String) -> String? { values[name] }

    /// The names of the parameters, sorted.
    var names: [String] { values.keys.sorted() }

    /// Checks the length of a parameter, whose value is compared with many texts.
    ///
    /// - Throws: if it is longer.
    func checkLength(_ name: String, atMost bytes: Int) throws(QueryError) {
        guard (values[name]?.utf8.count ?? 0) > bytes else { return }
        throw QueryError("\(name): longer than \(bytes) bytes; use fewer or shorter words")
    }

    /// Returns a whole number in a range.
    func integer(_ name: String, in range: ClosedRange<Int>, default value: Int) throws(QueryError) -> Int {
        guard let text = values[name] else { return value }
        guard text.utf8.count <= 9, text.utf8.allSatisfy(\.isDigit),
            let number = Int(text),
            range.contains(number)
        else {
            throw QueryError(
                "\(name): \(Self.quoted(text)) is not allowed; use a number from \(range.lowerBound) to "
                    + "\(range.upperBound)"
            )
        }
        return number
    }

    /// Returns a time.
    ///
    /// - Parameters:
    ///   - name: the parameter.
    ///   - now: the current time.
    /// - Returns: the time; `nil` if the parameter is missing.
    /// - Throws: an error with the accepted forms.
    func time(_ name: String, now: Timestamp) throws(QueryError) -> Timestamp? {
        guard let text = values[name] else { return nil }
        do throws(TimeReference.ParsingError) {
            return try TimeReference.parse(text, now: now)
        } catch {
            // The text of the error contains the value, which may be long.
            guard text.utf8.count <= 64 else { throw QueryError("\(name): too long for a time") }
            throw QueryError("\(name): \(error)")
        }
    }

    /// Returns untrusted text in quotes, escaped and shortened.
    static func quoted(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let short = String(String.UnicodeScalarView(scalars.prefix(64)))
        return PrintableText.quoted(scalars.count > 64 ? "\(short)…" : short)
    }
}
