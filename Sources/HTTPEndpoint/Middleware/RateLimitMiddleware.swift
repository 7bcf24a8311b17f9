// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// Middleware that rejects requests with 429 while a token bucket is empty.
///
/// All clients share the bucket.
package final class RateLimitMiddleware: Sendable {
    private let bucket: Mutex<TokenBucket>
    private let start = ContinuousClock.now

    /// Creates a limit for all wrapped handlers together.
    package init(_ bucket: TokenBucket) { self.bucket = Mutex(bucket) }

    /// Returns a handler that calls another one within the limit.
    package func wrapping(_ handler: @escaping Handler) -> Handler {
        { [self] request, responder in
            let now = start.duration(to: .now)
            guard let wait = bucket.withLock({ $0.take(at: now) }) else { return handler(request, responder) }
            let (seconds, rest) = wait.components
            var response = Response.text(429, "Too many requests\n")
            response.headers.append(("Retry-After", "\(rest > 0 ? seconds + 1 : seconds)"))
            responder.send(response)
        }
    }
}
