// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How many scrapes were answered, and how many are being answered; readable from any thread.
final class ScrapeCounter: Sendable {
    private struct State {
        // The codes that a scrape can end with are there from the start, so that the first one is an increase.
        var codes = [200: 0, 500: 0, 503: 0]
        var inFlight = 0
    }

    private let state = Mutex(State())

    /// How many were answered, by status code, and how many are being answered.
    var snapshot: (codes: [Int: Int], inFlight: Int) {
        state.withLock { ($0.codes, $0.inFlight) }
    }

    /// Begins a scrape, unless as many are being answered as may be.
    ///
    /// - Parameter limit: 0 for no limit.
    /// - Returns: whether it may go on; one that may not is counted as 503.
    func begin(limit: Int) -> Bool {
        state.withLock { state in
            guard limit == 0 || state.inFlight < limit else {
                state.codes[503, default: 0] += 1
                return false
            }
            state.inFlight += 1
            return true
        }
    }

    /// Ends a scrape that was begun.
    func end(code: Int) {
        state.withLock { state in
            state.inFlight -= 1
            state.codes[code, default: 0] += 1
        }
    }
}
