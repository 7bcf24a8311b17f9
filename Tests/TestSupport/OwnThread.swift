// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Threads for blocking work.
///
/// The cooperative pool has two threads on a machine with two cores.
package enum OwnThread {
    /// Runs work on a detached thread.
    ///
    /// - Throws: the error of `pthread_create(3)`.
    package static func start(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let box = unsafe Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread,
            nil,
            { pointer in
                guard let pointer = unsafe pointer else { return nil }
                unsafe Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue().run()
                return nil
            },
            box.toOpaque()
        )
        guard code == 0 else {
            unsafe box.release()
            throw SystemError(call: "pthread_create", number: code)
        }
        pthread_detach(thread)
    }

    /// Runs blocking work on a new thread, and suspends until it is done.
    ///
    /// - Throws: the error of `pthread_create(3)`.
    package static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try start { continuation.resume(returning: body()) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
