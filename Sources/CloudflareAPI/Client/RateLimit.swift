// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport

/// The number of requests that the API still answers, as its responses report it.
///
/// Source: Cloudflare, "API rate limits": `Ratelimit: "default";r=50;t=30`, a list of structured fields (RFC 9651, 3.1).
package struct RateLimit: Sendable, Hashable {
    /// The requests left in the current window (`r`).
    package let remaining: Int

    /// The time until the current window ends (`t`).
    package let resetAfter: Duration?

    /// Makes a rate limit.
    package init(remaining: Int, resetAfter: Duration?) {
        self.remaining = remaining
        self.resetAfter = resetAfter
    }

    /// Reads the headers of a response.
    ///
    /// If the response reports several limits, the result is the one with the fewest requests left.
    ///
    /// - Returns: `nil` if the header is missing or malformed.
    package init?(_ response: HTTPResponse) {
        let limits = RateLimitItem.list(response.header("ratelimit") ?? "").compactMap { item in
            item.parameters["r"].map { (remaining: $0, seconds: item.parameters["t"]) }
        }
        let fewest = limits.min { ($0.remaining, -($0.seconds ?? 0)) < ($1.remaining, -($1.seconds ?? 0)) }
        guard let fewest else { return nil }
        remaining = fewest.remaining
        resetAfter = fewest.seconds.map { .seconds($0) }
    }
}
