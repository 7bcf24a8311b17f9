// SPDX-License-Identifier: Apache-2.0

/// The state of polling for the health routes.
///
/// The endpoint thread reads it, so it must not block.
protocol HealthSource: Sendable {
    /// Whether the polling loops are alive. Failures of the API do not matter.
    var isHealthy: Bool { get }

    /// Whether the first round of polls has ended.
    var isReady: Bool { get }
}
