// SPDX-License-Identifier: Apache-2.0

/// Dates as HTTP writes them, `Sun, 06 Nov 1994 08:49:37 GMT`, with no locale and no time zone to get wrong.
///
/// Source: RFC 9110, 5.6.7 (IMF-fixdate).
enum HTTPDate {
    /// Writes a time.
    ///
    /// - Parameter seconds: since 1970-01-01, leap seconds not counted, as POSIX has it; negative before that.
    /// - Returns: 29 bytes, for a year of four digits.
    static func text(secondsSinceEpoch seconds: Int) -> [UInt8] {
        let days = floorDivide(seconds, 86_400)
        let clock = seconds - days * 86_400
        let (year, month, day) = civil(days)
        let weekday = days + 4 - floorDivide(days + 4, 7) * 7
        var text: [UInt8] = []
        text.reserveCapacity(29)
        text += weekdays[weekday].utf8
        text += ", ".utf8
        append(day, digits: 2, to: &text)
        text += " \(months[month - 1]) ".utf8
        append(year, digits: 4, to: &text)
        text.append(.space)
        append(clock / 3600, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        append(clock / 60 % 60, digits: 2, to: &text)
        text.append(UInt8(ascii: ":"))
        append(clock % 60, digits: 2, to: &text)
        text += " GMT".utf8
        return text
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// The proleptic Gregorian date of a day counted from 1970-01-01.
    ///
    /// Years are taken to begin in March, so that the leap day is the last one; 719,468 days lie between
    /// 0000-03-01 and the epoch, and 400 years have 146,097 days.
    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = days + 719_468
        let era = floorDivide(shifted, 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (
            yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        )
    }

    private static func floorDivide(_ dividend: Int, _ divisor: Int) -> Int {
        dividend >= 0 ? dividend / divisor : (dividend + 1) / divisor - 1
    }

    private static func append(_ number: Int, digits: Int, to text: inout [UInt8]) {
        var divisor = digits == 4 ? 1000 : 10
        while divisor > 0 {
            text.append(0x30 + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
    }
}
