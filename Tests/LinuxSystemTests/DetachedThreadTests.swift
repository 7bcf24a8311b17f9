// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxSystem
import Synchronization
import Testing

@Suite struct DetachedThreadTests {
    @Test(.timeLimit(.minutes(1))) func `blocks every signal except the fault signals`() async throws {
        let mask = try await onDetachedThread(named: "masked") { currentMask() }
        let faults = Set([SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP])
        // The kernel never blocks SIGKILL and SIGSTOP. 32 and 33 belong to the C library.
        let unblockable = Set([SIGKILL, SIGSTOP, 32, 33])
        for signal in 1..<Int32(64) where !unblockable.contains(signal) {
            #expect(mask.contains(signal) != faults.contains(signal), "signal \(signal)")
        }
    }

    @Test func `leaves the mask of the calling thread as it was`() throws {
        let before = currentMask()
        try DetachedThread.start(named: "short") {}
        #expect(currentMask() == before)
    }

    @Test(.timeLimit(.minutes(1))) func `names the thread`() async throws {
        let name = try await onDetachedThread(named: "fifteen-letters") {
            (try? readFile(at: "/proc/thread-self/comm", limit: 64)).map {
                String(decoding: $0.bytes, as: UTF8.self)
            }
        }
        #expect(name == "fifteen-letters\n")
    }
}

private func currentMask() -> Set<Int32> {
    var mask = sigset_t()
    unsafe pthread_sigmask(SIG_SETMASK, nil, &mask)
    return Set((1..<Int32(64)).filter { unsafe sigismember(&mask, $0) == 1 })
}

private func onDetachedThread<Value: Sendable>(
    named name: String,
    _ body: @escaping @Sendable () -> Value
) async throws -> Value {
    let (stream, continuation) = AsyncStream.makeStream(of: Value.self)
    try DetachedThread.start(named: name) { continuation.yield(body()) }
    for await value in stream { return value }
    throw CancellationError()
}
