// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A condition that did not hold in time.
struct TimeoutError: Error, CustomStringConvertible {
    let description: String
}

/// Evaluates a condition every 20 milliseconds until it returns a value.
///
/// - Parameters:
///   - what: names the condition in the error.
///   - seconds: the longest wait.
///   - condition: returns `nil` as long as the test must wait.
/// - Returns: the first value that is not `nil`.
/// - Throws: `TimeoutError`, or the error of the condition.
func eventually<Value: Sendable>(
    _ what: String,
    within seconds: Double = 30,
    _ condition: () async throws -> Value?
) async throws -> Value {
    let end = Date.now.addingTimeInterval(seconds)
    while Date.now < end {
        if let value = try await condition() { return value }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw TimeoutError(description: "not within \(seconds) s: \(what)")
}
