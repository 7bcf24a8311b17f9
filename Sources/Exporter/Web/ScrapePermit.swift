// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A permit for one of the `--web.max-requests` concurrent scrapes.
///
/// A stalled response releases its permit early, because its body is shared with all other scrapes. Otherwise a client
/// that does not read could block other scrapes until `Limits.writeTimeout`.
final class ScrapePermit: Sendable {
    private let counter: ScrapeCounter
    private let isReleased = Atomic(false)

    init(of counter: ScrapeCounter) { self.counter = counter }

    /// Releases the permit.
    ///
    /// Further calls have no effect.
    func release() {
        if !isReleased.exchange(true, ordering: .relaxed) { counter.releasePermit() }
    }
}
