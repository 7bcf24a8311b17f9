// SPDX-License-Identifier: Apache-2.0

/// The durations after which open operations and rekeys are stuck, in seconds.
package struct StuckThresholds: Sendable, Hashable {
    package var attestation = 600
    package var cryptKeyRotation = 1800
    package var pkiRotation = 1800
    package var upgrade = 7200
    package var rekey = 900

    package init() {}

    /// The threshold of an operation.
    package subscript(operation: Operation) -> Int {
        switch operation {
        case .attestation: attestation
        case .cryptKeyRotation: cryptKeyRotation
        case .pkiRotation: pkiRotation
        case .upgrade: upgrade
        }
    }
}
