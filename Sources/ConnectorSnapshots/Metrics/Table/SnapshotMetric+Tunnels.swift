// SPDX-License-Identifier: Apache-2.0

extension SnapshotMetric {
    static let tunnels: [SnapshotMetric] = [
        .computed(
            "tunnel_info",
            "Constant 1, with the network device of the tunnel as a label.",
            .tunnels,
            labels: ["tunnel_id", "device"],
            items: [(.tunnels, [.text("interface_name")])]
        ) { snapshot, body in
            for tunnel in snapshot.items(of: .tunnels) {
                body(tunnel.identity + [(tunnel.text("interface_name") ?? "").cut], 1)
            }
        },
        .computed(
            "tunnel_health",
            "1 for the health of the tunnel as the connector sees it, 0 for the other states.",
            .tunnels,
            labels: ["tunnel_id", "state"],
            items: [(.tunnels, [.text("health_state"), .number("health_value")])]
        ) { snapshot, body in
            for tunnel in snapshot.items(of: .tunnels) {
                let health = TunnelHealth(of: tunnel)
                for other in TunnelHealth.allCases {
                    body(tunnel.identity + [other.rawValue], other == health ? 1 : 0)
                }
            }
        },
        .metric(
            .gauge,
            "tunnel_latency_seconds",
            "Median round-trip time through the tunnel.",
            .tunnels,
            of: .tunnels,
            .number("latency_ms", .milliseconds)
        ),
        .metric(
            .gauge,
            "tunnel_jitter_seconds",
            "Variation of the round-trip time through the tunnel.",
            .tunnels,
            of: .tunnels,
            .number("jitter_ms", .milliseconds)
        ),
        .metric(
            .gauge,
            "tunnel_mtu_bytes",
            "MTU between both ends of the tunnel, as measured by the connector.",
            .tunnels,
            of: .tunnels,
            .number("probed_mtu")
        ),
        .metric(
            .gauge,
            "tunnel_recent_pings",
            "Recent pings through the tunnel, by result. Their window is not documented, so use their ratio.",
            .tunnels,
            label: "result",
            of: .tunnels,
            .number("recent_healthy_pings", as: "healthy"),
            .number("recent_unhealthy_pings", as: "unhealthy")
        ),
        .computed(
            "tunnel_nat_detection",
            "1 for the state of the NAT detection of the tunnel, 0 for the others.",
            .tunnels,
            labels: ["tunnel_id", "state"],
            items: [(.tunnels, [.number("natd_state")])]
        ) { snapshot, body in
            // The order of the numbers in the API.
            let states = ["detected", "missing", "stale"]
            for tunnel in snapshot.items(of: .tunnels) {
                guard let number = tunnel.number("natd_state"), let index = Int(exactly: number),
                    states.indices.contains(index)
                else { continue }
                for (other, state) in states.enumerated() {
                    body(tunnel.identity + [state], other == index ? 1 : 0)
                }
            }
        },
    ]
}
