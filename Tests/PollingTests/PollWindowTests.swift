// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Polling
import TestSupport
import Testing

@Suite struct PollWindowTests {
    private let settings = PollingSettings()

    @Test(
        arguments: [
            // watermark, scope start, now, rescan -> from
            (nil, 5000, 100_000, .first, 5000),
            (99_940, 5000, 100_000, .none, 96_340),
            (99_940, 5000, 100_000, .first, 13_600),
            // Contains an event that is listed a day late, just after the last rescan.
            (99_940, 5000, 100_000, .after(96_400), 10_000),
            (99_940, 50_000, 100_000, .after(96_400), 50_000),
            (10_000, 5000, 100_000, .none, 6400),
            (99_940, 99_000, 100_000, .none, 99_000),
            // The clock was ahead by two hours, so events before the watermark are missing.
            (107_200, 5000, 100_000, .none, 96_400),
            (107_200, 5000, 100_000, .after(107_200), 13_600),
        ] as [(Timestamp?, Timestamp, Timestamp, PollWindow.Rescan, Timestamp)]
    )
    func `starts at the earliest possible new event`(
        watermark: Timestamp?,
        scopeStart: Timestamp,
        now: Timestamp,
        rescan: PollWindow.Rescan,
        from: Timestamp
    ) {
        let window = PollWindow(
            watermark: watermark,
            scopeStart: scopeStart,
            now: now,
            latest: now + 7,
            rescan: rescan,
            settings: settings
        )
        #expect(window.from == from)
        #expect(window.to == now + 7 + Double(PollingSettings.clockSkew))
        #expect(window.completeUntil == now)
    }

    @Test func `accepts a clock that was set back by a day`() {
        let window = PollWindow(
            watermark: 1_000_000,
            scopeStart: 900_000,
            now: 913_600,
            latest: 913_600,
            rescan: .none,
            settings: settings
        )
        #expect(window.from <= window.to)
        #expect(window.completeUntil == 913_600)
    }
}
