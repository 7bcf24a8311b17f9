// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Threads for what blocks: the cooperative pool has two on a machine of two cores.
package enum OwnThread {
    /// Runs something on a thread of its own, which nobody waits for.
    ///
    /// - Throws: what `pthread_create(3)` returned.
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

    /// Waits for something that blocks, without blocking.
    ///
    /// - Throws: what `pthread_create(3)` returned.
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
