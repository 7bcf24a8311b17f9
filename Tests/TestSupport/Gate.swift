// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// Holds scripts back until enough of them have come, or a test opens it.
package final class Gate: Sendable {
    private let condition = NSCondition()

    /// How many have not come yet; the gate is open at 0.
    private let missing: Mutex<Int>

    /// Makes a closed gate.
    ///
    /// - Parameter expected: how many open it by their arrival.
    package init(expected: Int = .max) { missing = Mutex(expected) }

    /// Waits on the calling thread, which must not be the cooperative pool's.
    package func pass() {
        change { $0 - 1 }
        condition.lock()
        while missing.withLock({ $0 > 0 }) { condition.wait() }
        condition.unlock()
    }

    /// Lets everybody through, now and later.
    package func open() { change { _ in 0 } }

    private func change(_ change: (Int) -> Int) {
        condition.lock()
        missing.withLock { $0 = max(0, change($0)) }
        condition.broadcast()
        condition.unlock()
    }
}
