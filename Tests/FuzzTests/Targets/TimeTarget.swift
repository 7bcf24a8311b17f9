// SPDX-License-Identifier: Apache-2.0

@testable import CloudflareAPI

/// A parsed time is finite.
enum TimeTarget {
    /// Checks one input.
    static func check(_ input: [UInt8]) throws(FuzzFinding) {
        let text = String(decoding: input, as: UTF8.self)
        guard let seconds = WireTime.parse(text) else { return }
        try FuzzFinding.require(!seconds.isNaN, "\(text.debugDescription) is no number")
    }
}
