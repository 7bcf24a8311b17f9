// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import LinuxSystem
import Polling
import Synchronization
import TestSupport

/// A server that counts requests when they arrive, at a random time between their sending and their answer.
final class DelayedServer: HTTPTransport {
    /// Maximum time between sending a request and its answer, in seconds.
    static let timeout = 10.0

    private let clock: ManualClock
    private let random: Mutex<SeededRandom>
    private let log = Mutex<[Uptime]>([])

    init(seed: UInt64, clock: ManualClock) {
        self.clock = clock
        random = Mutex(SeededRandom(seed: seed))
    }

    /// The times at which requests arrived.
    var arrivals: [Uptime] { log.withLock(\.self) }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let sent = clock.uptime()
        let (arrival, answer, outcome) = random.withLock { random in
            let longest = Int.random(in: 0..<10, using: &random) < 7 ? 0.5 : Self.timeout
            let answer = Double.random(in: 0...longest, using: &random)
            let arrival = Double.random(in: 0...answer, using: &random)
            return (arrival, answer, Int.random(in: 0..<10, using: &random))
        }
        // A request that was sent arrives, even if the client is killed.
        log.withLock { $0.append(sent + arrival) }
        do {
            try await clock.sleep(seconds: answer)
        } catch {
            throw TransportError(.cancelled, "cancelled")
        }
        switch outcome {
        case 0: throw TransportError(.timeout, "timeout")
        case 1: return HTTPResponse(status: 503)
        default: return HTTPResponse(status: 200, body: Array(#"{"success":true,"result":[]}"#.utf8))
        }
    }
}
