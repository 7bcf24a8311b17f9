// SPDX-License-Identifier: Apache-2.0

/// The tunnels, with their health.
extension SnapshotContent {
    /// The states of health, in the order of their numbers.
    private static let states = ["unknown", "healthy", "degraded", "down"]

    var tunnels: [SnapshotObject] { model.tunnels.indices.map(tunnel) }

    private func tunnel(_ index: Int) -> SnapshotObject {
        let tunnel = model.tunnels[index]
        let health = state.health(tunnel: index, model)
        let key = UInt64(0xc5_00 + index)
        let hasProbes = health == "healthy" || health == "degraded"
        let isSlow = health == "degraded"
        let median = (8 + 40 * noise.unit(key)) * (0.9 + 0.2 * noise.smooth(key, at: t, period: 300))
        let lost = health == "down" ? 20 : isSlow ? noise.whole(3...7, key, t) : 0
        var object = SnapshotObject()
        object.add("tunnel_id", tunnel.id)
        object.add("interface_name", tunnel.device)
        object.add("health_state", health)
        object.add("health_value", Self.states.firstIndex(of: health) ?? 0)
        if hasProbes {
            object.add("latency_ms", rounded: isSlow ? median * 5 : median)
            object.add("jitter_ms", rounded: median * (isSlow ? 0.9 : 0.04) * (0.5 + noise.unit(key, t)))
            object.add("probed_mtu", isSlow ? 1280 : 1450)
        }
        object.add("recent_healthy_pings", hasProbes ? 20 - lost : 0)
        object.add("recent_unhealthy_pings", lost)
        // About one tunnel in 25 has no public address.
        let natState = noise.unit(key, 1) < 0.96 ? 0 : 2
        object.add("natd_state", hasProbes ? natState : 1)
        object.add("natd_result", hasProbes ? "198.51.100.\(noise.whole(1...250, key, 2)):4500" : "")
        object.add("natd_target", "192.0.2.\(index + 1):4500")
        return object
    }
}
