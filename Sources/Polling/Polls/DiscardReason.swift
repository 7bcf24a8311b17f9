// SPDX-License-Identifier: Apache-2.0

/// The reason why an event is not counted; the raw value is the `reason` label of `discarded_events_total`.
package enum DiscardReason: String, Sendable, CaseIterable {
    /// The event lacks a field, or a field has an unexpected type.
    case malformed
    /// The event is older than the ledger's scope.
    case tooOld = "too_old"
}
