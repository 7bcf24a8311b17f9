// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Exporter

struct GoDurationTests {
    @Test(arguments: [
        ("0", Duration.zero), ("0s", .zero), ("1s", .seconds(1)), ("100ms", .milliseconds(100)),
        ("1.5s", .milliseconds(1500)), (".5s", .milliseconds(500)), ("1.s", .seconds(1)),
        ("1m30s", .seconds(90)), ("1h1m1.001s", .milliseconds(3_661_001)), ("5us", .microseconds(5)),
        ("5µs", .microseconds(5)), ("7ns", .nanoseconds(7)), ("1s1s", .seconds(2)),
        ("2562047h", .seconds(2_562_047 * 3600)),
    ])
    func `parses a duration`(text: String, expected: Duration) {
        #expect(GoDuration.parse(text) == expected)
    }

    @Test(arguments: [
        "", "5", "s", ".s", ".", "1", "1d", "1w", "-1s", "+1s", "1 s", " 1s", "1s ", "1S", "1.2.3s", "1e3s",
        "٣s", "2562048h", "99999999999999999999ns", "9223372036.854775807s1s",
    ])
    func `rejects an invalid duration`(text: String) {
        #expect(GoDuration.parse(text) == nil)
    }
}
