// SPDX-License-Identifier: Apache-2.0

@testable import HTTPEndpoint
import Testing

@Suite struct ConnectionPeakTests {
    private let start = ContinuousClock.now

    @Test func `subsides if nine in ten connections have closed`() {
        var peak = ConnectionPeak()
        let counts = [0, 99, 0, 500, 900, 400, 91, 90, 0]
        let hasSubsided = counts.enumerated().map { second, open in
            peak.hasSubsided(to: open, at: start + .seconds(second * 60))
        }
        // The 90 connections after the peak are below the minimum.
        #expect(hasSubsided == [false, false, false, false, false, false, false, true, false])
    }

    @Test func `subsides at most once in ten seconds`() {
        var peak = ConnectionPeak()
        var count = 0
        for second in 0..<100 {
            _ = peak.hasSubsided(to: 1000, at: start + .seconds(second))
            if peak.hasSubsided(to: 0, at: start + .seconds(second)) { count += 1 }
        }
        #expect(count == 10)
    }
}
