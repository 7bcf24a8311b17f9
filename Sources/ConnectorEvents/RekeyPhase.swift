// SPDX-License-Identifier: Apache-2.0

/// How far the IPsec keys of one tunnel are; the raw value is the label value.
package enum RekeyPhase: String, Sendable, Hashable, CaseIterable, Codable {
    /// Both initial keys are in place.
    case installed
    /// A new inbound key is in place beside the old outbound one.
    case started
    /// Traffic has come in on the new key, and the outbound key is new.
    case advanced
    /// The old keys are gone.
    case completed
    /// All keys are gone after an unexpected one: the tunnel waits for initial keys.
    case reset

    /// The phase that an event of this kind puts its tunnel in; `nil` for kinds that are no rekey.
    package init?(enteredBy kind: EventKind) {
        switch kind {
        case .rekeyInstallBoth: self = .installed
        case .rekeyStart, .rekeyRestart: self = .started
        case .rekeyAdvance: self = .advanced
        case .rekeyComplete: self = .completed
        case .rekeyReset: self = .reset
        default: return nil
        }
    }

    /// Whether a tunnel should leave this phase by itself, so that staying in it is being stuck.
    package var isTransitional: Bool {
        switch self {
        case .started, .advanced, .reset: true
        case .installed, .completed: false
        }
    }
}
