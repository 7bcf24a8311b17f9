// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc

/// Turns SIGTERM and SIGINT into a call, for as long as it lives.
final class Termination {
    private let sources: [any DispatchSourceSignal]

    /// Listens from now on.
    ///
    /// - Parameter stop: called on a queue of Dispatch, once for each signal.
    init(_ stop: @escaping @Sendable () -> Void) {
        sources = [SIGTERM, SIGINT].map { number in
            // The default action would end the process before Dispatch hears of the signal.
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler(handler: stop)
            source.resume()
            return source
        }
    }

    /// Listens no more.
    func cancel() {
        for source in sources { source.cancel() }
    }
}
