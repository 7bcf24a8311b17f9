// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// Runs blocking work outside the cooperative pool, whose few threads other tests need.
///
/// - Parameter body: blocking work with its own deadlines.
/// - Returns: the result of `body`.
/// - Throws: the error of `body`.
package func onThread<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: .init(catching: body)) }
    }
}
