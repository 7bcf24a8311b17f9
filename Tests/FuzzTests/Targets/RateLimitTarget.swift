// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import HTTPTransport

/// A parsed rate limit is never negative.
///
/// The input is the header `Ratelimit`.
enum RateLimitTarget {
    /// Checks one input.
    static func check(_ input: [UInt8]) throws(FuzzFinding) {
        let fields = [(name: "ratelimit", value: String(decoding: input, as: UTF8.self))]
        guard let limit = RateLimit(HTTPResponse(status: 200, headers: fields)) else { return }
        try FuzzFinding.require(limit.remaining >= 0, "\(limit)")
        try FuzzFinding.require((limit.resetAfter ?? .zero) >= .zero, "\(limit)")
    }
}
