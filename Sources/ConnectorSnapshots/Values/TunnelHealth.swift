// SPDX-License-Identifier: Apache-2.0

/// The health of a tunnel.
///
/// The raw value is the label value, and the text of the API.
package enum TunnelHealth: String, Sendable, Hashable, CaseIterable {
    case unknown
    case healthy
    case degraded
    case down

    /// Reads the state of a tunnel: its text, or its number if the text is not a state.
    init(of tunnel: SnapshotItem) {
        self =
            tunnel.text("health_state").flatMap { Self(rawValue: $0.lowercased()) }
            ?? tunnel.number("health_value").flatMap(Self.init(value:)) ?? .unknown
    }

    /// Reads a numeric state.
    ///
    /// Source: Cloudflare API, "Get Snapshot", `tunnels[].health_value`: 0 unknown, 1 healthy, 2 degraded, 3 down.
    private init?(value: Double) {
        guard let state = Self.allCases.first(where: { Double($0.value) == value }) else { return nil }
        self = state
    }

    private var value: Int {
        switch self {
        case .unknown: 0
        case .healthy: 1
        case .degraded: 2
        case .down: 3
        }
    }

    /// The order of states, from the best to the worst.
    var severity: Int { self == .unknown ? 1 : self == .healthy ? 0 : value }
}
