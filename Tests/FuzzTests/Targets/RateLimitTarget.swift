// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import HTTPTransport

/// A parsed rate limit is never negative.
///
/// The input is `Ratelimit` up to the first line end, and `Ratelimit-Policy` after it.
enum RateLimitTarget {
    /// Checks one input.
    static func check(_ input: [UInt8]) throws(FuzzFinding) {
        let parts = input.split(separator: 0x0a, maxSplits: 1, omittingEmptySubsequences: false)
        let fields = zip(["ratelimit", "ratelimit-policy"], parts).map {
            (name: $0, value: String(decoding: $1, as: UTF8.self))
        }
        guard let limit = RateLimit(HTTPResponse(status: 200, headers: fields)) else { return }
        try FuzzFinding.require((limit.remaining ?? 0) >= 0, "\(limit)")
        try FuzzFinding.require((limit.quota ?? 0) >= 0, "\(limit)")
        try FuzzFinding.require((limit.resetAfter ?? .zero) >= .zero, "\(limit)")
        try FuzzFinding.require((limit.window ?? .zero) >= .zero, "\(limit)")
    }
}
