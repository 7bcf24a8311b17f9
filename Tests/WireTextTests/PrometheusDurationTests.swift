// SPDX-License-Identifier: Apache-2.0

import Testing
import WireText

@Suite struct PrometheusDurationTests {
    @Test(arguments: [
        ("0", 0, "0s"), ("0s", 0, "0s"), ("500ms", 500, "500ms"), ("90s", 90_000, "1m30s"),
        ("5m", 300_000, "5m"),
        ("1h30m", 5_400_000, "1h30m"), ("1d", 86_400_000, "1d"), ("24h", 86_400_000, "1d"),
        ("2w", 1_209_600_000, "2w"),
        ("7d", 604_800_000, "1w"), ("8d", 691_200_000, "8d"), ("1y", 31_536_000_000, "1y"),
        ("365d", 31_536_000_000, "1y"),
        ("1y2w3d4h5m6s7ms", 33_019_506_007, "382d4h5m6s7ms"), ("3w6d", 2_332_800_000, "27d"),
        ("007s", 7000, "7s"),
        ("292y", 9_208_512_000_000, "292y"), ("0y0w1s", 1000, "1s"),
    ])
    func `reads and writes durations as Prometheus does`(text: String, milliseconds: Int, shown: String)
        throws
    {
        let duration = try #require(PrometheusDuration(text))
        #expect(duration.milliseconds == milliseconds)
        #expect(duration.description == shown)
        #expect(duration.duration == .milliseconds(milliseconds))
        #expect(PrometheusDuration(shown) == duration)
    }

    @Test(arguments: [
        "", " ", "1", "00", "s", "1x", "1 s", " 1s", "1s ", "-1s", "+1s", "1.5h", "1s1s", "1m1h", "1ms1s",
        "1h1d", "1S",
        "1min", "1us", "١s", "1s\n", "0x1s", "293y", "9223372036854775807ms", "99999999999999999999s",
        "292y53w", "1h m",
    ])
    func `rejects what Prometheus rejects`(text: String) {
        #expect(PrometheusDuration(text) == nil)
    }

    @Test func `seconds keep their fraction, whole seconds are rounded up`() {
        #expect(PrometheusDuration(milliseconds: 1500).seconds == 1.5)
        #expect(PrometheusDuration(milliseconds: 1500).wholeSeconds == 2)
        #expect(PrometheusDuration(milliseconds: 2000).wholeSeconds == 2)
        #expect(PrometheusDuration(milliseconds: 1).wholeSeconds == 1)
    }

    @Test func `an error names the reason`() {
        let reasons: [(String, PrometheusDuration.ParsingError)] = [
            ("", .empty), ("s", .missingNumber("s")), ("1m-", .unknownUnit("m-")), ("5", .missingUnit("5")),
            ("1m30", .missingUnit("30")), ("1x", .unknownUnit("x")), ("1m1h", .misplacedUnit("h")),
            ("1s1s", .misplacedUnit("s")), ("293y", .tooLong), ("99999999999999999999s", .tooLong),
        ]
        for (text, reason) in reasons {
            #expect(throws: reason, "\(text)") { try PrometheusDuration(parsing: text) }
        }
    }
}
