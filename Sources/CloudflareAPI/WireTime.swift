// SPDX-License-Identifier: Apache-2.0

/// A point in time of which the API does not document how it is written.
///
/// Read are RFC 3339 with any fraction and offset, and Unix seconds as a number or as text.
struct WireTime: Decodable, Sendable {
    /// Seconds since the Unix epoch, not after the year 9999.
    let seconds: Double

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        let seconds =
            (try? value.decode(String.self)).map { Self.parse($0) } ?? (try? value.decode(Double.self))
        guard let seconds, Self.bounds.contains(seconds) else {
            throw DecodingError.dataCorruptedError(in: value, debugDescription: "This is not a time.")
        }
        self.seconds = seconds
    }

    private static let bounds = 0.0...Double(WireNumber.seconds.upperBound)

    /// Reads a time from text.
    ///
    /// - Returns: `nil` where it is written in neither way.
    static func parse(_ text: String) -> Double? {
        var scanner = DigitScanner(text)
        return parseDate(&scanner) ?? parseNumber(text)
    }

    /// Reads `Sun, 06 Nov 1994 08:49:37 GMT`.
    ///
    /// - Returns: `nil` where it is written otherwise, as by the obsolete forms.
    ///
    /// Source: RFC 9110, 5.6.7, IMF-fixdate.
    static func parseHTTPDate(_ text: String) -> Double? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[4].utf8.count == "08:49:37".utf8.count, words[5] == "GMT",
            let month = months.firstIndex(of: words[2])
        else { return nil }
        var scanner = DigitScanner("\(words[3])-\(month < 9 ? "0" : "")\(month + 1)-\(words[1])T\(words[4])Z")
        return parseDate(&scanner)
    }

    private static let months: [Substring] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func parseNumber(_ text: String) -> Double? {
        // Double's own initializer also reads "nan", "0x1p3" and "+1".
        guard text.utf8.allSatisfy({ $0 == 0x2e || (0x30...0x39).contains($0) }) else { return nil }
        return Double(text)
    }

    /// `2026-08-01T12:34:56.789+02:00`.
    ///
    /// A leap second is the second after it, as the Unix epoch has none.
    ///
    /// Source: RFC 3339, 5.6.
    private static func parseDate(_ scanner: inout DigitScanner) -> Double? {
        guard let year = scanner.number(digits: 4), scanner.skip("-"),
            let month = scanner.number(digits: 2), (1...12).contains(month), scanner.skip("-"),
            let day = scanner.number(digits: 2), (1...days(in: month, of: year)).contains(day),
            scanner.skip("T") || scanner.skip("t") || scanner.skip(" "),
            let hour = scanner.number(digits: 2), hour < 24, scanner.skip(":"),
            let minute = scanner.number(digits: 2), minute < 60, scanner.skip(":"),
            let second = scanner.number(digits: 2), second <= 60
        else { return nil }
        let fraction: Double
        if scanner.skip(".") {
            guard let digits = scanner.fraction() else { return nil }
            fraction = digits
        } else {
            fraction = 0
        }
        guard let offset = parseOffset(&scanner), scanner.isAtEnd else { return nil }
        let dayNumber = daysSinceEpoch(year: year, month: month, day: day)
        return Double(dayNumber * 86_400 + hour * 3600 + minute * 60 + second - offset) + fraction
    }

    private static func parseOffset(_ scanner: inout DigitScanner) -> Int? {
        if scanner.skip("Z") || scanner.skip("z") { return 0 }
        let sign = scanner.skip("+") ? 1 : scanner.skip("-") ? -1 : 0
        guard sign != 0, let hours = scanner.number(digits: 2), hours < 24, scanner.skip(":"),
            let minutes = scanner.number(digits: 2), minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }

    private static func days(in month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Counts days from 1 January 1970 in the Gregorian calendar: years begin in March, so that the leap day is last.
    private static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
        // All years are shifted by the 400 after which the calendar repeats, so that none is negative.
        let year = 400 + (month > 2 ? year : year - 1)
        let month = month > 2 ? month - 3 : month + 9
        let leapDays = year / 4 - year / 100 + year / 400
        // 719,468 days lie between 1 March of the year 0 and the epoch, and 400 years have 146,097 days.
        return year * 365 + leapDays + (153 * month + 2) / 5 + day - 1 - 719_468 - 146_097
    }
}
