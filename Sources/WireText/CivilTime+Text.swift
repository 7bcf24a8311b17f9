// SPDX-License-Identifier: Apache-2.0

extension CivilTime {
    /// The time as HTTP writes it, for example `Sun, 06 Nov 1994 08:49:37 GMT`.
    ///
    /// Source: RFC 9110, 5.6.7, IMF-fixdate. The years 0 to 9999 have 29 characters.
    package var imfFixdate: String {
        "\(Self.weekdays[weekday]), \(padded(day)) \(Self.months[month - 1]) \(padded(year, to: 4)) \(clock) GMT"
    }

    /// The time as in `2026-11-23T09:34:12Z`.
    ///
    /// Source: RFC 3339, 5.6, for the years 0 to 9999.
    package var rfc3339: String { "\(padded(year, to: 4))-\(padded(month))-\(padded(day))T\(clock)Z" }

    /// Reads a time as HTTP writes it, for example `Sun, 06 Nov 1994 08:49:37 GMT`.
    ///
    /// The day of the week is not checked. The two obsolete forms are not read.
    ///
    /// - Returns: seconds since the Unix epoch, or `nil` if the text is not a time of this form.
    ///
    /// Source: RFC 9110, 5.6.7, IMF-fixdate.
    package static func parseIMFFixdate(_ text: String) -> Int? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(of: String(words[2])),
            words[1].utf8.count == 2, let day = number(words[1]),
            words[3].utf8.count == 4, let year = number(words[3])
        else { return nil }
        var scanner = DigitScanner(String(words[4]))
        guard let (hour, minute, second) = timeOfDay(&scanner), scanner.isAtEnd else { return nil }
        let time = CivilTime(
            year: year,
            month: month + 1,
            day: day,
            hour: hour,
            minute: minute,
            second: second
        )
        return time?.secondsSinceEpoch
    }

    /// Reads a time such as `2026-08-01T12:34:56.789+02:00`, with any fraction and any offset.
    ///
    /// - Returns: seconds since the Unix epoch, or `nil` if the text is not a time of this form.
    ///
    /// Source: RFC 3339, 5.6.
    package static func parseRFC3339(_ text: String) -> Double? {
        var scanner = DigitScanner(text)
        guard let year = scanner.number(digits: 4), scanner.skip("-"),
            let month = scanner.number(digits: 2), scanner.skip("-"),
            let day = scanner.number(digits: 2),
            scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
            let (hour, minute, second) = timeOfDay(&scanner),
            let time = CivilTime(
                year: year,
                month: month,
                day: day,
                hour: hour,
                minute: minute,
                second: second
            )
        else { return nil }
        var fraction = 0.0
        if scanner.skip(".") {
            guard let digits = scanner.fraction() else { return nil }
            fraction = digits
        }
        guard let offset = offset(&scanner), scanner.isAtEnd else { return nil }
        return Double(time.secondsSinceEpoch - offset) + fraction
    }
}

extension CivilTime {
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private var clock: String { "\(padded(hour)):\(padded(minute)):\(padded(second))" }

    private func padded(_ number: Int, to width: Int = 2) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
    }

    private static func number(_ digits: Substring) -> Int? {
        digits.utf8.allSatisfy(\.isDigit) ? Int(digits) : nil
    }

    private static func timeOfDay(_ scanner: inout DigitScanner) -> (hour: Int, minute: Int, second: Int)? {
        guard let hour = scanner.number(digits: 2), scanner.skip(":"),
            let minute = scanner.number(digits: 2), scanner.skip(":"),
            let second = scanner.number(digits: 2)
        else { return nil }
        return (hour, minute, second)
    }

    /// Reads `Z` or `+02:00`, as seconds east of UTC.
    private static func offset(_ scanner: inout DigitScanner) -> Int? {
        if scanner.skip("Z") || scanner.skip("z") { return 0 }
        let sign = scanner.skip("+") ? 1 : scanner.skip("-") ? -1 : 0
        guard sign != 0, let hours = scanner.number(digits: 2), hours < 24, scanner.skip(":"),
            let minutes = scanner.number(digits: 2), minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
