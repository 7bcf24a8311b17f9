// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing
import WireText

@Suite struct CivilTimeTests {
    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"),
        (0, "Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00Z"),
        (-1, "Wed, 31 Dec 1969 23:59:59 GMT", "1969-12-31T23:59:59Z"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT", "2000-02-29T00:00:00Z"),
        (4_107_542_399, "Sun, 28 Feb 2100 23:59:59 GMT", "2100-02-28T23:59:59Z"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT", "2100-03-01T00:00:00Z"),
    ])
    func `writes and reads both forms`(_ seconds: Int, _ imfFixdate: String, _ rfc3339: String) {
        let time = CivilTime(secondsSinceEpoch: seconds)
        #expect(time.imfFixdate == imfFixdate)
        #expect(time.rfc3339 == rfc3339)
        #expect(time.secondsSinceEpoch == seconds)
        #expect(CivilTime.parseIMFFixdate(imfFixdate) == seconds)
        #expect(CivilTime.parseRFC3339(rfc3339) == Double(seconds))
    }

    @Test func `agrees with the C library for seven centuries`() {
        for day in stride(from: -100_000, to: 150_000, by: 37) {
            var seconds = day * 86_400 + (day * 7919) % 43_200 + 43_200
            var parts = unsafe tm()
            unsafe gmtime_r(&seconds, &parts)
            let time = CivilTime(secondsSinceEpoch: seconds)
            let expected = unsafe [
                parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min,
                parts.tm_sec,
                parts.tm_wday,
            ]
            let fields = [
                time.year, time.month, time.day, time.hour, time.minute, time.second, time.weekday,
            ]
            let isEqual = fields == expected.map(Int.init)
            if !isEqual || time.secondsSinceEpoch != seconds { Issue.record("\(seconds) is \(time)") }
        }
    }

    @Test(arguments: [Int.min, Int.max]) func `accepts every number of seconds`(seconds: Int) {
        let time = CivilTime(secondsSinceEpoch: seconds)
        #expect((1...12).contains(time.month) && (1...31).contains(time.day) && (0..<24).contains(time.hour))
    }

    @Test func `rejects dates and times that do not exist`() {
        func time(
            _ year: Int,
            _ month: Int,
            _ day: Int,
            _ hour: Int = 0,
            _ minute: Int = 0,
            _ second: Int = 0
        )
            -> CivilTime?
        {
            CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        }
        #expect(time(2023, 2, 29) == nil && time(1900, 2, 29) == nil && time(2024, 4, 31) == nil)
        #expect(time(2024, 0, 1) == nil && time(2024, 13, 1) == nil && time(2024, 1, 0) == nil)
        #expect(
            time(2024, 1, 1, 24) == nil && time(2024, 1, 1, 0, 60) == nil && time(2024, 1, 1, 0, 0, 61) == nil
        )
        #expect(time(2000, 2, 29) != nil)
    }

    @Test func `a leap second is the first second of the next minute`() {
        #expect(CivilTime.parseRFC3339("2016-12-31T23:59:60Z") == 1_483_228_800)
    }

    @Test(arguments: [
        ("1970-01-01T02:00:00.25+02:00", 0.25), ("1970-01-01t00:00:00-00:30", 1800),
        ("1970-01-01 00:00:01z", 1), ("0000-03-01T00:00:00Z", -62_162_035_200),
    ])
    func `reads RFC 3339 with fractions and offsets`(_ text: String, _ seconds: Double) {
        #expect(CivilTime.parseRFC3339(text) == seconds)
    }

    @Test(arguments: [
        "", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01T00:00:00.Z", "1970-1-01T00:00:00Z",
        "1970-01-01T00:00:00+2:00", "1970-01-01T00:00:00Z ", "1970-02-30T00:00:00Z", "٠970-01-01T00:00:00Z",
    ])
    func `rejects what RFC 3339 does not allow`(_ text: String) {
        #expect(CivilTime.parseRFC3339(text) == nil)
    }

    @Test(arguments: [
        "", "Sun, 06 Nov 1994 08:49:37", "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
        "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:7 GMT", "Sun, 06 Nov 1994 08:49:371 GMT",
    ])
    func `rejects what is not an IMF-fixdate`(_ text: String) {
        #expect(CivilTime.parseIMFFixdate(text) == nil)
    }
}
