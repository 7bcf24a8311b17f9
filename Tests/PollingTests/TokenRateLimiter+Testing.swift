// SPDX-License-Identifier: Apache-2.0

import Polling

extension TokenRateLimiter {
    /// Sends a request that is answered at once.
    func sendRequest(_ priority: RequestPriority) async throws(Refusal) {
        finish(try await enter(priority), rateLimit: nil)
    }
}
