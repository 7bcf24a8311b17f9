// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// Things that happen on other threads, in their order, for a test that waits for them.
package final class Events<Event: Sendable>: Sendable {
    /// Nothing happened in time.
    package struct TimedOut: Error {}

    private let events = Mutex<[Event]>([])
    private let count = DispatchSemaphore(value: 0)

    /// Makes a list in which nothing has happened.
    package init() {}

    /// Adds an event; from any thread.
    package func record(_ event: Event) {
        events.withLock { $0.append(event) }
        count.signal()
    }

    /// Takes the oldest event, and waits for it where there is none; not on the cooperative pool.
    package func next(within seconds: Double = 10) throws -> Event {
        guard count.wait(timeout: .now() + seconds) == .success else { throw TimedOut() }
        return events.withLock { $0.removeFirst() }
    }

    /// What has happened and was not taken.
    package var pending: [Event] { events.withLock { $0 } }
}
