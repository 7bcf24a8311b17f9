// SPDX-License-Identifier: Apache-2.0

/// Who knows whether the program's loops turn; asked on the endpoint thread, so never to block.
protocol HealthSource: Sendable {
    /// Whether the process and its loops are alive; says nothing about the API.
    var isHealthy: Bool { get }

    /// Whether the first round of polls is over.
    var isReady: Bool { get }
}
