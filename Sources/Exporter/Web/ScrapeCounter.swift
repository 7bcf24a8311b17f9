// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The number of scrapes by status code, and the number in flight.
///
/// It may be used from any thread.
final class ScrapeCounter: Sendable {
    private struct State {
        // All possible codes are present from the start, so that the first scrape is an increase.
        var codes = [200: 0, 500: 0, 503: 0]
        var inFlight = 0
    }

    private let state = Mutex(State())

    /// The number of completed scrapes by status code, and the number of scrapes in flight.
    var snapshot: (codes: [Int: Int], inFlight: Int) {
        state.withLock { ($0.codes, $0.inFlight) }
    }

    /// Begins a scrape.
    ///
    /// - Parameter limit: the maximum number of scrapes in flight; 0 for no limit.
    /// - Returns: a permit, or `nil` if the limit is reached. The scrape is then counted with status code 503.
    func begin(limit: Int) -> ScrapePermit? {
        let isAllowed = state.withLock { state in
            guard limit == 0 || state.inFlight < limit else {
                state.codes[503, default: 0] += 1
                return false
            }
            state.inFlight += 1
            return true
        }
        return isAllowed ? ScrapePermit(of: self) : nil
    }

    /// Decrements the number of scrapes in flight.
    ///
    /// Only `ScrapePermit` calls it, once for each permit.
    func releasePermit() { state.withLock { $0.inFlight -= 1 } }

    /// Counts a completed scrape by status code.
    func count(code: Int) { state.withLock { $0.codes[code, default: 0] += 1 } }
}
