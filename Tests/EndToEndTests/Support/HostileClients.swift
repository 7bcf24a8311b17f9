// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TestSupport

/// Clients that misuse the endpoint, each on a thread of its own, until they are stopped.
final class HostileClients: Sendable {
    private final class State: Sendable {
        let isStopped = Atomic(false)
        let actions = Atomic(0)
    }

    /// The maximum pause between two actions of a client, in microseconds, so that one machine can run them all.
    private static let maxPause: UInt32 = 5000

    private let state = State()

    /// Starts the clients.
    ///
    /// - Parameters:
    ///   - count: the number of threads.
    ///   - port: the port of the endpoint on 127.0.0.1.
    ///   - process: receives SIGHUP.
    ///   - seed: selects the actions.
    init(_ count: Int, port: Int, process: Int32, seed: UInt64) {
        for index in 0..<count {
            Thread.detachNewThread { [state] in
                var random = SeededRandom(seed: seed &* 1000 &+ UInt64(index))
                var open: [RawHTTPClient] = []
                while !state.isStopped.load(ordering: .relaxed) {
                    // The endpoint may refuse or close any of these connections.
                    try? Self.act(port: port, process: process, open: &open, using: &random)
                    if open.count > 40 { open.removeFirst(20) }
                    state.actions.add(1, ordering: .relaxed)
                    usleep(UInt32.random(in: 0...Self.maxPause, using: &random))
                }
            }
        }
    }

    deinit { stop() }

    /// The number of actions of all clients.
    var actions: Int { state.actions.load(ordering: .relaxed) }

    func stop() { state.isStopped.store(true, ordering: .relaxed) }

    private static func act(
        port: Int,
        process: Int32,
        open: inout [RawHTTPClient],
        using random: inout SeededRandom
    ) throws {
        let client = try RawHTTPClient(port: port, timeoutSeconds: 1, receiveBuffer: 4096)
        func pipelined(_ method: String, _ path: String) -> String {
            String(repeating: "\(method) \(path) HTTP/1.1\r\nHost: a\r\n\r\n", count: 16)
        }
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1:
            // The client closes at once, or never reads.
            try client.send(pipelined("GET", "/"))
            if Bool.random(using: &random) { open.append(client) }
        case 2:
            try client.send(pipelined("POST", "/-/reload"))
            open.append(client)
        case 3: kill(process, SIGHUP)
        case 4:
            try client.send("GET /metr")
            open.append(client)
        case 5:
            try client.send(pipelined("GET", "/metrics"))
            _ = try client.bytes(100)
            open.append(client)
        case 6:
            let lines = ["DELETE / HTTP/1.1\r\nHost: a", "BREW /metrics HTTP/1.1", "\0\u{1}"]
            try client.send("\(lines.randomElement(using: &random) ?? "")\r\n\r\n")
            _ = try client.rest()
        default:
            for _ in 0..<10 { open.append(try RawHTTPClient(port: port, timeoutSeconds: 1)) }
        }
    }
}
