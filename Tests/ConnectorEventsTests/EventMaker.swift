// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// Random lives: every kind, unknown ones, equal times, a few tunnels.
struct EventMaker {
    static let tunnels = ["tunnel-a", "tunnel-b", "tunnel-c"]

    static func events(
        _ count: Int,
        using random: inout some RandomNumberGenerator
    ) -> [Event] {
        var t = 1_700_000_000
        return (0..<count).map { index in
            // A third of the events share the second of the one before, so that `n` decides.
            t += Int.random(in: 0...2, using: &random) * Int.random(in: 1...900, using: &random)
            var kind = EventKind.documented.randomElement(using: &random) ?? .initialize
            if Int.random(in: 0..<20, using: &random) == 0 { kind = EventKind(rawValue: "MeshJoin") }
            return Event(
                id: EventID(t: t, n: index),
                kind: kind,
                collectedAt: t + Int.random(in: 0...90, using: &random),
                tunnelID: kind.isRekey ? tunnels.randomElement(using: &random) : nil
            )
        }
    }
}
