// SPDX-License-Identifier: Apache-2.0

/// The phase of a tunnel's IPsec keys.
///
/// The raw value is the label value.
package enum RekeyPhase: String, Sendable, Hashable, CaseIterable, Codable {
    /// Both initial keys are installed.
    case installed
    /// A new inbound key is installed beside the old outbound key.
    case started
    /// Traffic arrived on the new inbound key, and the outbound key is new.
    case advanced
    case completed
    /// All keys are removed after an unexpected key. The tunnel waits for initial keys.
    case reset

    /// Creates the phase that a kind of event begins; `nil` if the kind is not a rekey.
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

    /// Whether a tunnel should leave the phase by itself.
    ///
    /// A tunnel that stays too long is stuck.
    package var isTransitional: Bool {
        switch self {
        case .started, .advanced, .reset: true
        case .installed, .completed: false
        }
    }
}
