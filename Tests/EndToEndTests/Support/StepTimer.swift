// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Prints how long each step of a sequence took.
struct StepTimer {
    private let begin = ContinuousClock.now
    private var last: ContinuousClock.Instant

    /// Starts the timer.
    init(_ what: String) {
        last = begin
        print("\(what):")
    }

    /// Waits until a step is done, and prints its duration.
    mutating func wait(for step: String, _ isDone: () async throws -> Bool) async throws {
        _ = try await eventually(step, within: 60) { try await isDone() ? true : nil }
        let now = ContinuousClock.now
        print("  \(step): \(now - last), \(now - begin) in total")
        last = now
    }
}
