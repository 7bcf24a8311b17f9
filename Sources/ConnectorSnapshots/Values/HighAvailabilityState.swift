// SPDX-License-Identifier: Apache-2.0

/// The high-availability state of a connector.
///
/// The raw value is the label value, and the text of the API.
package enum HighAvailabilityState: String, Sendable, Hashable, CaseIterable {
    case disabled
    case active
    case standby
    case stopped
    case fault
    case unknown

    /// Reads the state: its text, or its number if the text is not a state.
    ///
    /// The text has priority, because the numbers have changed once.
    ///
    /// - Returns: `nil` if the snapshot has neither.
    package init?(of snapshot: Snapshot) {
        let text = snapshot.text("ha_state")
        let number = snapshot.number("ha_value")
        guard text != nil || number != nil else { return nil }
        self =
            text.flatMap { Self(rawValue: $0.lowercased()) } ?? number.flatMap(Self.init(value:)) ?? .unknown
    }

    /// Reads a numeric state.
    ///
    /// Source: Cloudflare API, "Get Snapshot", `ha_value`: 0 disabled, 1 active, 2 standby, 3 stopped, 4 fault.
    private init?(value: Double) {
        let states: [Self] = [.disabled, .active, .standby, .stopped, .fault]
        guard let index = Int(exactly: value), states.indices.contains(index) else { return nil }
        self = states[index]
    }
}

extension Snapshot {
    /// The texts of states that this version does not know, as `field=text`.
    package var unknownStates: Set<String> {
        var found: Set<String> = []
        if let text = text("ha_state"), HighAvailabilityState(rawValue: text.lowercased()) == nil {
            found.insert("ha_state=\(text)")
        }
        for tunnel in items(of: .tunnels) {
            guard let text = tunnel.text("health_state"), TunnelHealth(rawValue: text.lowercased()) == nil
            else {
                continue
            }
            found.insert("tunnels.health_state=\(text.cut)")
        }
        return found
    }
}
