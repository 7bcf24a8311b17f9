// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// The place of one scrape among `--web.max-requests`.
///
/// It is for answers that are being taken: one that a client lets lie costs nothing, since its bytes are those of all
/// the others, and must not keep an honest scraper out until `Limits.writeTimeout` ends it.
final class ScrapePermit: Sendable {
    private let counter: ScrapeCounter
    private let isTaken = Atomic(true)

    /// Takes a place that was already counted.
    init(in counter: ScrapeCounter) { self.counter = counter }

    /// Gives it back, however often it is called.
    func giveBack() {
        if isTaken.exchange(false, ordering: .relaxed) { counter.leave() }
    }
}
