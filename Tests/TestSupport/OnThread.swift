// SPDX-License-Identifier: Apache-2.0

import Dispatch

/// Runs work that blocks away from the cooperative pool, whose few threads other tests need.
///
/// - Parameter body: may block, with deadlines of its own.
/// - Returns: what it returns.
/// - Throws: what it throws.
package func onThread<Result: Sendable>(
    _ body: @escaping @Sendable () throws -> Result
) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        DispatchQueue.global().async { continuation.resume(with: .init(catching: body)) }
    }
}
