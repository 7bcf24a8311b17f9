// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// Random events with all documented kinds, an unknown kind, equal times and several tunnels.
enum RandomEvents {
    static let tunnels = ["tunnel-a", "tunnel-b", "tunnel-c"]

    /// Creates events in the order of their identities.
    static func make(_ count: Int, using random: inout some RandomNumberGenerator) -> [Event] {
        var t = 1_700_000_000
        return (0..<count).map { index in
            // A third of the events have the same time as the event before, so that `n` decides their order.
            t += Int.random(in: 0...2, using: &random) * Int.random(in: 1...900, using: &random)
            var kind = EventKind.documented.randomElement(using: &random) ?? .initialize
            if Int.random(in: 0..<20, using: &random) == 0 { kind = EventKind(rawValue: "MeshJoin") }
            return Event(
                id: EventID(t: t, n: index),
                kind: kind,
                collectedAt: Timestamp(t + Int.random(in: 0...90, using: &random)),
                tunnelID: kind.isRekey ? tunnels.randomElement(using: &random) : nil
            )
        }
    }
}
