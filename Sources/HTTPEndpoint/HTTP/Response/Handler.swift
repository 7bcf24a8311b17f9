// SPDX-License-Identifier: Apache-2.0

/// Answers a request through its responder, now or later.
///
/// It runs on the endpoint thread, where every other connection waits for it: it must not block.
package typealias Handler = @Sendable (Request, Responder) -> Void
