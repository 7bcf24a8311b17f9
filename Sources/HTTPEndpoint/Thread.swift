// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Starts threads that live outside the cooperative pool.
enum Thread {
    private final class Body {
        let name: String
        let run: @Sendable () -> Void

        init(name: String, run: @escaping @Sendable () -> Void) {
            self.name = name
            self.run = run
        }
    }

    /// Runs a body on a detached thread that takes no signals.
    ///
    /// Signals are blocked so that whoever waits for `SIGTERM` or `SIGHUP` gets them, and no system call of the
    /// thread is interrupted. A new thread inherits the mask of its creator (pthread_sigmask(3)), which is why it is
    /// set around the creation: there is no moment in which the new thread takes one.
    ///
    /// - Parameters:
    ///   - name: at most 15 bytes, as `ps -L` shows it.
    ///   - body: what it does.
    /// - Throws: where the system has no thread to give.
    static func start(named name: String, _ body: @escaping @Sendable () -> Void) throws(Errno) {
        var everySignal = sigset_t()
        var former = sigset_t()
        unsafe sigfillset(&everySignal)
        unsafe pthread_sigmask(SIG_SETMASK, &everySignal, &former)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &former, nil) }
        let box = unsafe Unmanaged.passRetained(Body(name: name, run: body))
        var thread = pthread_t()
        let status = unsafe pthread_create(
            &thread,
            nil,
            { pointer in
                guard let pointer = unsafe pointer else { return nil }
                let body = unsafe Unmanaged<Body>.fromOpaque(pointer).takeRetainedValue()
                unsafe clinux_name_thread(body.name)
                body.run()
                return nil
            },
            box.toOpaque()
        )
        guard status == 0 else {
            unsafe box.release()
            throw Errno(rawValue: status)
        }
        pthread_detach(thread)
    }
}
