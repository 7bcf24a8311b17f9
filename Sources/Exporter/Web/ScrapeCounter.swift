// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// How many scrapes were answered, and how many answers are being taken; readable from any thread.
final class ScrapeCounter: Sendable {
    private struct State {
        // The codes that a scrape can end with are there from the start, so that the first one is an increase.
        var codes = [200: 0, 500: 0, 503: 0]
        var inFlight = 0
    }

    private let state = Mutex(State())

    /// How many were answered, by status code, and how many answers are being taken.
    var snapshot: (codes: [Int: Int], inFlight: Int) {
        state.withLock { ($0.codes, $0.inFlight) }
    }

    /// Begins a scrape, unless as many answers are being taken as may be.
    ///
    /// - Parameter limit: 0 for no limit.
    /// - Returns: its place; `nil` where it may not go on, and is counted as 503.
    func begin(limit: Int) -> ScrapePermit? {
        let isAdmitted = state.withLock { state in
            guard limit == 0 || state.inFlight < limit else {
                state.codes[503, default: 0] += 1
                return false
            }
            state.inFlight += 1
            return true
        }
        return isAdmitted ? ScrapePermit(in: self) : nil
    }

    /// Makes room for another scrape; `ScrapePermit` alone calls it, once per scrape.
    func leave() { state.withLock { $0.inFlight -= 1 } }

    /// Counts a scrape that was begun by how it was answered.
    func end(code: Int) { state.withLock { $0.codes[code, default: 0] += 1 } }
}
