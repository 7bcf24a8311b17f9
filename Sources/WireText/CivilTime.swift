// SPDX-License-Identifier: Apache-2.0

/// A date and a time of day in UTC, in the proleptic Gregorian calendar.
///
/// It has no leap seconds, like POSIX time.
///
/// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days` and `days_from_civil`.
package struct CivilTime: Sendable, Hashable {
    /// The year; 0 is the year before the year 1.
    package let year: Int
    /// The month, 1 to 12.
    package let month: Int
    /// The day of the month, from 1.
    package let day: Int
    /// The hour, 0 to 23.
    package let hour: Int
    /// The minute, 0 to 59.
    package let minute: Int
    /// The second, 0 to 59.
    package let second: Int

    /// Converts seconds since the Unix epoch; negative before it.
    package init(secondsSinceEpoch seconds: Int) {
        let (days, time) = Self.divide(seconds, by: Self.secondsPerDay)
        hour = time / 3600
        minute = time / 60 % 60
        second = time % 60

        let (era, dayOfEra) = Self.divide(days + Self.daysBeforeEpoch, by: Self.daysPerEra)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let marchMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * marchMonth + 2) / 5 + 1
        month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// Checks and takes a date and a time of day.
    ///
    /// - Returns: `nil` if the calendar has no such date or time. The second 60, a leap second, is the first second of
    ///   the next minute.
    package init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        guard (-9999...9999).contains(year), (1...12).contains(month),
            (1...Self.days(inMonth: month, of: year)).contains(day),
            (0..<24).contains(hour), (0..<60).contains(minute), (0...60).contains(second)
        else { return nil }
        let days = Self.daysSinceEpoch(year: year, month: month, day: day)
        self.init(secondsSinceEpoch: days * Self.secondsPerDay + hour * 3600 + minute * 60 + second)
    }

    /// Seconds since the Unix epoch; negative before it.
    package var secondsSinceEpoch: Int {
        days * Self.secondsPerDay + hour * 3600 + minute * 60 + second
    }

    /// The day of the week, 0 to 6; 0 is Sunday.
    package var weekday: Int { Self.divide(days + 4, by: 7).remainder }
}

extension CivilTime {
    private static let secondsPerDay = 86_400

    /// Days of 400 years, after which the calendar repeats.
    private static let daysPerEra = 146_097

    /// Days from 1 March of the year 0 to 1 January 1970.
    ///
    /// The algorithms start the year in March, so that the leap day is its last day.
    private static let daysBeforeEpoch = 719_468

    private var days: Int { Self.daysSinceEpoch(year: year, month: month, day: day) }

    private static func daysSinceEpoch(year: Int, month: Int, day: Int) -> Int {
        let (era, yearOfEra) = divide(month > 2 ? year : year - 1, by: 400)
        let marchMonth = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * marchMonth + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * daysPerEra + dayOfEra - daysBeforeEpoch
    }

    private static func days(inMonth month: Int, of year: Int) -> Int {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Divides and rounds down, so that the remainder is never negative.
    private static func divide(_ dividend: Int, by divisor: Int) -> (quotient: Int, remainder: Int) {
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
