// SPDX-License-Identifier: Apache-2.0

/// The permission to send one request.
///
/// The holder returns it to the `TokenRateLimiter` when the request was answered, failed or was cancelled. It cannot be
/// copied, so that no request is returned twice.
package struct RequestPermit: ~Copyable, Sendable {
    let priority: RequestPriority

    init(_ priority: RequestPriority) { self.priority = priority }
}
