// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Starts POSIX threads outside Swift's cooperative thread pool.
package enum DetachedThread {
    /// The signals that a fault raises on the thread that causes it.
    ///
    /// If a thread blocks them, the kernel kills the process on a fault, and no handler can print a backtrace.
    ///
    /// Source: pthread_sigmask(3); sigprocmask(2), notes.
    static let faultSignals = [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP]

    /// Runs a function on a new detached thread.
    ///
    /// The thread blocks every signal except the fault signals. Signals such as `SIGTERM` then go to the threads
    /// that handle them, and no system call of the new thread is interrupted.
    ///
    /// - Parameters:
    ///   - name: The name that `ps -L` and backtraces show, at most 15 bytes.
    ///   - body: The function. The thread ends when it returns.
    /// - Throws: the error of `pthread_create(3)`, usually `EAGAIN`.
    package static func start(named name: String, _ body: @escaping @Sendable () -> Void) throws(Errno) {
        // A new thread inherits the mask of its creator. Setting the mask here leaves no moment in which the new
        // thread could receive a signal.
        var blocked = sigset_t()
        var previous = sigset_t()
        unsafe sigfillset(&blocked)
        for signal in faultSignals { unsafe sigdelset(&blocked, signal) }
        unsafe pthread_sigmask(SIG_SETMASK, &blocked, &previous)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &previous, nil) }

        let context = unsafe Unmanaged.passRetained(Context(name: name, body: body))
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread,
            nil,
            { pointer in
                guard let pointer = unsafe pointer else { return nil }
                let context = unsafe Unmanaged<Context>.fromOpaque(pointer).takeRetainedValue()
                unsafe clinux_set_thread_name(context.name)
                context.body()
                return nil
            },
            context.toOpaque()
        )
        guard status == 0 else {
            unsafe context.release()
            throw Errno(rawValue: status)
        }
        pthread_detach(thread)
    }

    private final class Context: Sendable {
        let name: String
        let body: @Sendable () -> Void

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
