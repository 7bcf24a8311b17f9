// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import LinuxSystem

/// The thread that runs libcurl.
///
/// Blocking calls of libcurl therefore never block the cooperative thread pool.
enum CurlThread {
    /// Starts a thread that runs until the queue is stopped.
    ///
    /// The thread closes the queue when it ends. If no thread can be started, the queue is closed at once, with the
    /// reason.
    static func start(_ queue: CommandQueue, _ settings: CurlSettings) {
        do throws(Errno) {
            try DetachedThread.start(named: "curl") {
                queue.close(run(queue, settings))
            }
        } catch {
            queue.close(TransportError(.other, "cannot start the libcurl thread: \(error)"))
        }
    }

    /// Runs transfers, and frees every object of libcurl before it returns.
    private static func run(_ queue: CommandQueue, _ settings: CurlSettings) -> TransportError {
        do throws(TransportError) {
            var loop = try TransferLoop(queue: queue, settings: settings)
            loop.run()
            return CommandQueue.stopped
        } catch {
            return error
        }
    }
}
