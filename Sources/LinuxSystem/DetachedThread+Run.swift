// SPDX-License-Identifier: Apache-2.0

extension DetachedThread {
    /// Runs blocking work on a new thread, and suspends until it is done.
    ///
    /// The threads of the cooperative pool must not block: a machine with two cores has two of them.
    ///
    /// - Parameters:
    ///   - name: The name that `ps -L` and backtraces show, at most 15 bytes.
    ///   - body: The work, which is not cancelled with the task.
    /// - Returns: the result of the work.
    /// - Throws: the error of `pthread_create(3)`.
    package static func run<Value: Sendable>(
        named name: String,
        _ body: @escaping @Sendable () -> Value
    ) async throws(Errno) -> Value {
        let result: Result<Value, Errno> = await withCheckedContinuation { continuation in
            do throws(Errno) {
                try start(named: name) { continuation.resume(returning: .success(body())) }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }
}
