// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization

/// A gate that opens when enough threads wait at it, or when a test opens it.
package final class Gate: Sendable {
    private let condition = NSCondition()

    /// The number of threads that have not arrived; the gate is open at 0.
    private let missing: Mutex<Int>

    /// Creates a closed gate.
    ///
    /// - Parameter expected: the number of threads whose arrival opens it.
    package init(expected: Int = .max) { missing = Mutex(expected) }

    /// Blocks the calling thread, which must not belong to the cooperative pool.
    package func pass() {
        change { $0 - 1 }
        condition.lock()
        while missing.withLock({ $0 > 0 }) { condition.wait() }
        condition.unlock()
    }

    /// Opens the gate permanently.
    package func open() { change { _ in 0 } }

    private func change(_ change: (Int) -> Int) {
        condition.lock()
        missing.withLock { $0 = max(0, change($0)) }
        condition.broadcast()
        condition.unlock()
    }
}
