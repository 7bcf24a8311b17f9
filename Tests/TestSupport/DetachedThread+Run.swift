// SPDX-License-Identifier: Apache-2.0

package import LinuxSystem

extension DetachedThread {
    /// Runs blocking work on a new thread, and suspends until it is done.
    ///
    /// The cooperative pool has two threads on a machine with two cores.
    ///
    /// - Throws: the error of `pthread_create(3)`.
    package static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try start(named: "test") { continuation.resume(returning: body()) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}
