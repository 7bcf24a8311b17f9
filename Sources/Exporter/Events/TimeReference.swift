// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import WireText

/// A point in time as people and programs write it in options and queries.
package enum TimeReference {
    /// The text is not a time.
    package struct ParsingError: Error, Sendable, CustomStringConvertible {
        let text: String

        package var description: String {
            "\"\(PrintableText.escaped(text))\" is not a time; use RFC 3339 such as 2026-08-01T12:00:00Z, seconds since "
                + "the Unix epoch, or a duration back from now such as 4d"
        }
    }

    /// Reads a time.
    ///
    /// - Parameters:
    ///   - text: RFC 3339, a date in UTC, seconds since the Unix epoch, or a duration back from now.
    ///   - now: the current time.
    /// - Returns: the time.
    /// - Throws: an error with the accepted forms.
    package static func parse(_ text: String, now: Timestamp) throws(ParsingError) -> Timestamp {
        let trimmed = text.split(separator: " ").joined(separator: " ")
        if !trimmed.isEmpty, trimmed.utf8.count <= 12, trimmed.utf8.allSatisfy(\.isDigit),
            let seconds = Int(trimmed)
        {
            return Timestamp(seconds)
        }
        if let duration = PrometheusDuration(trimmed) { return now - duration.seconds }
        if let seconds = CivilTime.parseRFC3339(trimmed) { return Timestamp(seconds) }
        if let seconds = CivilTime.parseRFC3339("\(trimmed)T00:00:00Z") { return Timestamp(seconds) }
        throw ParsingError(text: text)
    }

    /// Reads the time of an option of a command.
    ///
    /// - Parameters:
    ///   - text: the time.
    ///   - option: the name of the option, for errors.
    ///   - now: the current time.
    /// - Returns: the time.
    /// - Throws: an error that names the option.
    static func parse(_ text: String, option: String, now: Timestamp) throws(CommandError) -> Timestamp {
        do throws(ParsingError) {
            return try parse(text, now: now)
        } catch {
            throw CommandError("--\(option): \(error)")
        }
    }
}
