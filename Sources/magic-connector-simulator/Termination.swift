// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc

/// A handler for SIGTERM and SIGINT.
final class Termination {
    private let sources: [any DispatchSourceSignal]

    /// Installs the handler.
    ///
    /// - Parameter stop: runs on a Dispatch queue, once for each signal.
    init(_ stop: @escaping @Sendable () -> Void) {
        sources = [SIGTERM, SIGINT].map { number in
            // The default action would end the process before Dispatch delivers the signal.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler(handler: stop)
            source.resume()
            return source
        }
    }

    /// Removes the handler.
    ///
    /// The signals remain ignored.
    func cancel() {
        for source in sources { source.cancel() }
    }
}
