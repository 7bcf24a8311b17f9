// SPDX-License-Identifier: Apache-2.0

extension SnapshotMetric {
    static let network: [SnapshotMetric] =
        [
            traffic("receive_bytes", "Received bytes.", "recv_bytes"),
            traffic("receive_packets", "Received packets.", "recv_packets"),
            traffic("receive_errs", "Received packets with errors.", "recv_errs"),
            traffic("receive_drop", "Received packets that were dropped.", "recv_drop"),
            traffic("transmit_bytes", "Sent bytes.", "sent_bytes"),
            traffic("transmit_packets", "Sent packets.", "sent_packets"),
            traffic("transmit_errs", "Packets that could not be sent because of errors.", "sent_errs"),
            traffic("transmit_drop", "Packets that were dropped instead of sent.", "sent_drop"),
            traffic("receive_fifo", "FIFO overruns on receipt.", "recv_fifo", isOnDemand: true),
            traffic("receive_frame", "Received packets with framing errors.", "recv_frame", isOnDemand: true),
            traffic(
                "receive_compressed",
                "Received compressed packets.",
                "recv_compressed",
                isOnDemand: true
            ),
            traffic("receive_multicast", "Received multicast packets.", "recv_multicast", isOnDemand: true),
            traffic("transmit_fifo", "FIFO overruns on sending.", "sent_fifo", isOnDemand: true),
            traffic("transmit_colls", "Collisions.", "sent_colls", isOnDemand: true),
            traffic(
                "transmit_carrier",
                "Packets not sent because of the carrier.",
                "sent_carrier",
                isOnDemand: true
            ),
            traffic("transmit_compressed", "Sent compressed packets.", "sent_compressed", isOnDemand: true),
        ] + interfaces

    private static func traffic(
        _ name: String,
        _ help: String,
        _ field: String,
        isOnDemand: Bool = false
    ) -> SnapshotMetric {
        .metric(
            .counter,
            "network_\(name)_total",
            "\(help.dropLast()) of the network device, since the boot.",
            .network,
            of: .netdevs,
            isOnDemand: isOnDemand,
            .number(field)
        )
    }

    private static let interfaces: [SnapshotMetric] = [
        .computed(
            "network_up",
            "Whether the operational state of the network interface is up (1) or not (0). Many virtual interfaces work in the state unknown.",
            .network,
            labels: ["device"],
            items: [(.interfaces, [.text("operstate")])]
        ) { snapshot, body in
            for item in snapshot.items(of: .interfaces) {
                guard let state = item.text("operstate") else { continue }
                body(item.identity, state.lowercased() == "up" ? 1 : 0)
            }
        },
        .computed(
            "network_speed_bytes",
            "Speed of the network interface in bytes per second; absent if it is unknown.",
            .network,
            labels: ["device"],
            items: [(.interfaces, [.number("speed")])]
        ) { snapshot, body in
            for item in snapshot.items(of: .interfaces) {
                // The kernel reports -1 for an interface that is down.
                guard let bits = item.number("speed"), bits > 0 else { continue }
                body(item.identity, bits / 8)
            }
        },
        .metric(
            .gauge,
            "network_health_ratio",
            "Health score of the network interface from 0 to 1, as Cloudflare aggregates it.",
            .network,
            of: .interfaces,
            .number("health_score", .percent)
        ),
        .computed(
            "network_health_reason",
            "Constant 1 for each reason of the network interface's health score.",
            .network,
            labels: ["device", "reason"],
            isOnDemand: true,
            items: [(.interfaces, [.text("health_reason")])]
        ) { snapshot, body in
            for item in snapshot.items(of: .interfaces) {
                for reason in item.reasons { body(item.identity + [reason], 1) }
            }
        },
        .computed(
            "network_info",
            "Constant 1, with the operational state of the network interface as a label.",
            .network,
            labels: ["device", "operstate"],
            isOnDemand: true,
            items: [(.interfaces, [.text("operstate")])]
        ) { snapshot, body in
            for item in snapshot.items(of: .interfaces) {
                body(item.identity + [(item.text("operstate") ?? "").cut], 1)
            }
        },
        .computed(
            "bonding_status",
            "Constant 1, with the status of the link aggregation group as a label.",
            .network,
            labels: ["master", "status"],
            items: [(.bonds, [.text("status")])]
        ) { snapshot, body in
            for item in snapshot.items(of: .bonds) {
                body(item.identity + [(item.text("status") ?? "").cut], 1)
            }
        },
    ]
}

extension SnapshotItem {
    /// The maximum number of reasons of an interface.
    private static let maxReasons = 16

    /// The reasons of the health score, without duplicates.
    fileprivate var reasons: [String] {
        let parts = (text("health_reason") ?? "").split(separator: ",").map { part in
            String(part.drop { $0 == " " }).cut
        }
        var seen: Set<String> = []
        return Array(parts.filter { !$0.isEmpty && seen.insert($0).inserted }.prefix(Self.maxReasons))
    }
}
