// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Synchronization

/// A queue of events from other threads, for a test that waits for them.
package final class Events<Event: Sendable>: Sendable {
    /// No event arrived in time.
    package struct TimedOut: Error {}

    private let events = Mutex<[Event]>([])
    private let count = DispatchSemaphore(value: 0)

    /// Creates an empty queue.
    package init() {}

    /// Appends an event, on any thread.
    package func record(_ event: Event) {
        events.withLock { $0.append(event) }
        count.signal()
    }

    /// Removes the oldest event, or waits for one.
    ///
    /// Do not call it on the cooperative pool.
    package func next(within seconds: Double = 10) throws -> Event {
        guard count.wait(timeout: .now() + seconds) == .success else { throw TimedOut() }
        return events.withLock { $0.removeFirst() }
    }

    /// The events in the queue.
    package var pending: [Event] { events.withLock { $0 } }
}
