// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import HTTPEndpoint

@Suite struct HTTPDateTests {
    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"),
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
    ])
    func `a time is written as RFC 9110 has it`(_ seconds: Int, _ text: String) {
        #expect(String(decoding: HTTPDate.text(secondsSinceEpoch: seconds), as: UTF8.self) == text)
    }

    @Test func `days of seven centuries agree with the C library`() {
        for day in stride(from: -100_000, to: 150_000, by: 37) {
            var seconds = day * 86_400 + (day * 7919) % 43_200 + 43_200
            var parts = unsafe tm()
            unsafe gmtime_r(&seconds, &parts)
            let numbers = unsafe [
                parts.tm_mday, parts.tm_year + 1900, parts.tm_hour, parts.tm_min, parts.tm_sec,
            ]
            let (weekday, month) = unsafe (Int(parts.tm_wday), Int(parts.tm_mon))
            let text = String(decoding: HTTPDate.text(secondsSinceEpoch: seconds), as: UTF8.self)
            let fields = text.split { " :".contains($0) }
            let isRight =
                fields[1...].compactMap { Int32($0) } == numbers
                && fields[0].dropLast() == Self.weekdays[weekday]
                && fields[2] == Self.months[month]
            if !isRight { Issue.record("\(seconds) is written \(text)") }
        }
    }

    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
