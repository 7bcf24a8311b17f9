// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxSystem

/// Threads for pages and queries, which delay neither polls nor scrapes, even with one CPU.
enum LowPriorityThread {
    /// The niceness of the threads: with one busy CPU, such a thread gets about a tenth of the time.
    private static let niceness: Int32 = 10

    /// Returns the result of a function that may block, from a new thread.
    ///
    /// - Parameters:
    ///   - name: the name of the thread.
    ///   - body: the function.
    /// - Returns: the result; `nil` if the thread cannot start.
    static func run<Value: Sendable>(
        named name: String,
        _ body: @escaping @Sendable () -> Value
    ) async -> Value? {
        try? await DetachedThread.run(named: name) {
            // In Linux this applies to the calling thread alone. If it fails, the result is still correct.
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, niceness)
            return body()
        }
    }
}
