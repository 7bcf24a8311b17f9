// SPDX-License-Identifier: Apache-2.0

import Polling
import Testing

@Suite struct `Poll window` {
    private let settings = PollingSettings()

    @Test(
        arguments: [
            // watermark, floor, now, isRescan -> from
            (nil, 5000, 100_000, true, 5000),
            (99_940, 5000, 100_000, false, 96_340),
            (99_940, 5000, 100_000, true, 13_600),
            (99_940, 50_000, 100_000, true, 50_000),
            (10_000, 5000, 100_000, false, 6400),
            (99_940, 99_000, 100_000, false, 99_000),
        ] as [(Int?, Int, Int, Bool, Int)]
    )
    func `it begins where something may be new`(
        watermark: Int?,
        floor: Int,
        now: Int,
        isRescan: Bool,
        from: Int
    ) {
        let window = PollWindow(
            watermark: watermark,
            floor: floor,
            now: now,
            isRescan: isRescan,
            settings: settings
        )
        #expect(window.from == from)
        #expect(window.to == now + PollingSettings.clockSkew)
        #expect(window.completeUntil == now)
    }

    @Test func `a clock that was set back by a day still makes a window`() {
        let window = PollWindow(
            watermark: 1_000_000,
            floor: 900_000,
            now: 913_600,
            isRescan: false,
            settings: settings
        )
        #expect(window.from <= window.to)
        #expect(window.completeUntil == 913_600)
    }
}
