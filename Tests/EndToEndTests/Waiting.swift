// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What was waited for did not come.
struct NotInTime: Error, CustomStringConvertible {
    let description: String
}

/// Waits until something is there, and looks for it again every few milliseconds.
func eventually<Value: Sendable>(
    _ what: String,
    within seconds: Double = 30,
    _ look: () async throws -> Value?
) async throws -> Value {
    let end = Date.now.addingTimeInterval(seconds)
    while Date.now < end {
        if let value = try await look() { return value }
        try await Task.sleep(for: .milliseconds(20))
    }
    throw NotInTime(description: "not within \(seconds) s: \(what)")
}
