// SPDX-License-Identifier: Apache-2.0

@testable import HTTPEndpoint
import Testing

@Suite struct AcceptFailureLogTests {
    private let start = ContinuousClock.now

    @Test func `logs one warning and one recovery of an outage`() {
        var log = AcceptFailureLog()
        // The seconds at which accepting fails or succeeds.
        let steps = [(0, true), (1, true), (60, false), (61, false), (62, false), (63, true)]
        let isLogged = steps.map { second, fails in
            let time = start + .seconds(second)
            return fails ? log.recordFailure(at: time) : log.recordSuccess(at: time)
        }
        #expect(isLogged == [true, false, false, true, false, true])
    }

    @Test func `logs nothing without a failure`() {
        var log = AcceptFailureLog()
        let isLogged = log.recordSuccess(at: start)
        #expect(!isLogged)
    }

    @Test func `logs at most one warning and one recovery per minute`() {
        var (log, time) = (AcceptFailureLog(), start)
        var (warnings, recoveries) = (0, 0)
        for step in 0..<600_000 {
            time += .milliseconds(step % 7)
            if step % 3 == 0 {
                if log.recordFailure(at: time) { warnings += 1 }
            } else if log.recordSuccess(at: time) {
                recoveries += 1
            }
        }
        #expect(start.duration(to: time) > .seconds(29 * 60))
        #expect(warnings == 30)
        #expect(recoveries == 0)
    }
}
