// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport

/// The thread that libcurl has for itself: nothing that it does ever blocks the cooperative pool.
enum CurlThread {
    /// Starts a thread that runs until the mailbox is stopped, and closes the mailbox when it ends.
    ///
    /// Where there is no thread, the mailbox is closed at once, with the reason.
    ///
    /// The corresponding C function is `pthread_create(3)`.
    static func start(_ mailbox: CommandQueue, _ settings: CurlSettings) {
        let luggage = unsafe Unmanaged.passRetained(ThreadContext(mailbox: mailbox, settings: settings))
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread,
            nil,
            { pointer in
                guard let pointer = unsafe pointer else { return nil }
                let luggage = unsafe Unmanaged<ThreadContext>.fromOpaque(pointer).takeRetainedValue()
                CurlThread.main(luggage.mailbox, luggage.settings)
                return nil
            },
            luggage.toOpaque()
        )
        guard code == 0 else {
            unsafe luggage.release()
            return mailbox.close(TransportError(.other, "There is no thread for libcurl: error \(code)."))
        }
        pthread_detach(thread)
    }

    private final class ThreadContext: Sendable {
        let mailbox: CommandQueue
        let settings: CurlSettings

        init(mailbox: CommandQueue, settings: CurlSettings) {
            self.mailbox = mailbox
            self.settings = settings
        }
    }

    private static func main(_ mailbox: CommandQueue, _ settings: CurlSettings) {
        blockSignals()
        mailbox.close(run(mailbox, settings))
    }

    /// Frees all of libcurl's before it returns.
    private static func run(_ mailbox: CommandQueue, _ settings: CurlSettings) -> TransportError {
        do throws(TransportError) {
            var loop = try TransferLoop(mailbox: mailbox, settings: settings)
            loop.run()
            return CommandQueue.stopped
        } catch {
            return error
        }
    }

    /// Leaves SIGTERM and its like to the program's other threads; libcurl's resolver threads inherit it.
    ///
    /// The faults stay open: they are delivered to the thread that makes them, and blocked they end the process
    /// without a word.
    ///
    /// Source: pthread_sigmask(3).
    private static func blockSignals() {
        var signals = sigset_t()
        unsafe sigfillset(&signals)
        for fault in [SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGSYS, SIGTRAP] {
            unsafe sigdelset(&signals, fault)
        }
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
