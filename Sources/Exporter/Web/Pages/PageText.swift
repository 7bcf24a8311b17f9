// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import WireText

/// The text of values on pages.
enum PageText {
    /// The maximum length of a name that the API reports, in Unicode scalars.
    private static let maxNameLength = 64

    /// Returns a name, shortened if it is long.
    static func name(_ text: String, limit: Int = maxNameLength) -> String {
        // Scalars are counted, because one character may consist of any number of them.
        guard text.utf8.count > limit, text.unicodeScalars.count > limit else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.prefix(limit - 1))) + "…"
    }

    /// Returns the time since an event, in words.
    static func age(since time: Timestamp, now: Timestamp) -> String {
        let seconds = Int(max(0, min(now - time, 1e12)))
        return switch seconds {
        case ..<120: "\(seconds) s ago"
        case ..<7200: "\(seconds / 60) min ago"
        case ..<172_800: "\(seconds / 3600) h ago"
        default: "\(seconds / 86400) days ago"
        }
    }

    /// Returns a number with thousands separators.
    static func number(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var text = value < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
            text.append(digit)
        }
        return text
    }

    /// Returns a number with a noun, for example `1 event`.
    static func count(_ value: Int, _ noun: String) -> String {
        "\(number(value)) \(noun)\(value == 1 ? "" : "s")"
    }

    /// Returns a time in UTC, as an element that programs can read.
    static func time(_ time: Timestamp) -> HTML {
        let text = CivilTime(secondsSinceEpoch: clamped(time)).rfc3339
        return "<time datetime=\"\(text)\">\(text.replacing("T", with: " ").dropLast())</time>"
    }

    /// Returns a time in UTC and its age.
    static func timeWithAge(_ time: Timestamp, now: Timestamp) -> HTML {
        "\(self.time(time)) <span class=\"age\">\(age(since: time, now: now))</span>"
    }

    /// Returns the whole seconds of a time, limited to the years that RFC 3339 can write.
    static func clamped(_ time: Timestamp) -> Int { min(max(time.wholeSeconds, 0), 253_402_300_799) }
}
