// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import TestSupport
import Testing

@testable import Exporter

struct TimeReferenceTests {
    private static let now: Timestamp = 1_800_000_000.5

    @Test(
        arguments: [
            ("1700000000", 1_700_000_000), ("0", 0), ("2023-11-14T22:13:20Z", 1_700_000_000),
            ("2023-11-15T00:13:20+02:00", 1_700_000_000), ("2023-11-14 22:13:20Z", 1_700_000_000),
            ("2023-11-14", 1_699_920_000), ("4d", 1_800_000_000.5 - 4 * 86400), ("1h30m", 1_799_994_600.5),
            ("0s", 1_800_000_000.5), (" 1d ", 1_799_913_600.5),
        ] as [(String, Double)]
    )
    func `reads a time`(text: String, seconds: Double) throws {
        #expect(try TimeReference.parse(text, now: Self.now) == Timestamp(seconds))
    }

    @Test(arguments: [
        "", "soon", "-5m", "2023-02-30", "2023-11-14T22:13:20", "1e9", "9999999999999", "4 days",
    ])
    func `rejects what is not a time, and names the forms`(text: String) {
        let error = #expect(throws: TimeReference.ParsingError.self) {
            try TimeReference.parse(text, now: Self.now)
        }
        #expect(error?.description.hasPrefix("\"\(text)\" is not a time; use RFC 3339 such as ") == true)
    }

    @Test func `an error is one line`() {
        let error = #expect(throws: TimeReference.ParsingError.self) {
            try TimeReference.parse("a\nb\u{1b}[31m", now: Self.now)
        }
        #expect(error?.description.contains { $0.isNewline || $0 == "\u{1b}" } == false)
    }
}
