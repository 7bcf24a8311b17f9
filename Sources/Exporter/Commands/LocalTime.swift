// SPDX-License-Identifier: Apache-2.0

import Glibc
import WireText

/// The texts of times in RFC 3339, in the time zone of the process or in UTC.
struct LocalTime {
    private let isUTC: Bool

    init(isUTC: Bool) {
        self.isUTC = isUTC
        tzset()
    }

    /// Returns the text of seconds since the Unix epoch.
    func text(_ seconds: Int) -> String {
        let offset = isUTC ? 0 : Self.offset(at: seconds)
        let text = CivilTime(secondsSinceEpoch: seconds + offset).rfc3339
        guard !isUTC else { return text }
        let minutes = abs(offset) / 60
        return text.dropLast() + (offset < 0 ? "-" : "+") + Self.padded(minutes / 60) + ":"
            + Self.padded(minutes % 60)
    }

    /// Returns the seconds by which the time zone is east of UTC.
    private static func offset(at seconds: Int) -> Int {
        var time = time_t(seconds)
        var local = unsafe tm()
        guard unsafe localtime_r(&time, &local) != nil else { return 0 }
        return unsafe Int(local.tm_gmtoff)
    }

    private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
