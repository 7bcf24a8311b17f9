// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Says how long each step of something took since the one before.
struct Steps {
    private let begin = ContinuousClock.now
    private var last: ContinuousClock.Instant

    /// Begins now.
    init(_ what: String) {
        last = begin
        print("\(what):")
    }

    /// Waits for a step, and prints what it took.
    mutating func take(_ step: String, _ isDone: () async throws -> Bool) async throws {
        _ = try await eventually(step, within: 60) { try await isDone() ? true : nil }
        let now = ContinuousClock.now
        print("  \(step): \(now - last), \(now - begin) since it began")
        last = now
    }
}
