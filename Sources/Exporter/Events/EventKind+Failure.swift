// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

extension EventKind {
    /// The shell patterns of the kinds that are failures.
    static let failurePatterns = "*Failure,*Error,RekeyReset"

    private static let failures = NamePatterns([failurePatterns])

    /// Whether an event of this kind reports a failure.
    var isFailure: Bool { Self.failures.select(rawValue) }
}
