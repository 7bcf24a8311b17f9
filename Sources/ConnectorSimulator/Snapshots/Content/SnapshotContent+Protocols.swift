// SPDX-License-Identifier: Apache-2.0

/// The counters of IP, ICMP, TCP and UDP: 64 fields of /proc/net/snmp.
extension SnapshotContent {
    func addProtocols(to object: inout SnapshotObject) {
        addIP(to: &object)
        addICMP("in", to: &object)
        addICMP("out", to: &object)
        addTransport(to: &object)
    }

    private func addIP(to object: inout SnapshotObject) {
        let delivered = count(140)
        let forwarded = count(2100)
        let drops: [(field: String, rate: Double)] = [
            ("in_hdr_errors", 0.0004), ("in_addr_errors", 0.002), ("in_unknown_protos", 0.0001),
            ("in_discards", 0.0008),
        ]
        object.add("snmp_ip_forwarding_enabled", true)
        object.add("snmp_ip_default_ttl", 64)
        object.add("snmp_ip_reasm_timeout", 30)
        object.add("snmp_ip_in_receives", drops.reduce(delivered + forwarded) { $0 + count($1.rate) })
        object.add("snmp_ip_in_delivers", delivered)
        object.add("snmp_ip_forw_datagrams", forwarded)
        object.add("snmp_ip_out_requests", count(130) + forwarded)
        for (field, rate) in drops { object.add("snmp_ip_\(field)", count(rate)) }
        object.add("snmp_ip_out_discards", count(0.0007))
        object.add("snmp_ip_out_no_routes", count(0.0011))
        object.add("snmp_ip_frag_oks", count(0.4))
        object.add("snmp_ip_frag_fails", count(0.003))
        object.add("snmp_ip_frag_creates", 2 * count(0.4))
        object.add("snmp_ip_reasm_reqds", 2 * count(0.3))
        object.add("snmp_ip_reasm_oks", count(0.3))
        object.add("snmp_ip_reasm_fails", count(0.001))
    }

    /// The types of ICMP messages, and how many arrive per second.
    private static let messages: [(field: String, rate: Double)] = [
        ("dest_unreachs", 0.02), ("time_excds", 0.004), ("parm_probs", 0), ("src_quenchs", 0),
        ("redirects", 0.0003),
        ("echos", 1.1), ("echo_reps", 2.2), ("timestamps", 0), ("timestamp_reps", 0), ("addr_masks", 0),
        ("addr_mask_reps", 0),
    ]

    private func addICMP(_ direction: String, to object: inout SnapshotObject) {
        let factor = direction == "in" ? 1 : 0.9
        object.add("snmp_icmp_\(direction)_msgs", Self.messages.reduce(0) { $0 + count($1.rate * factor) })
        object.add("snmp_icmp_\(direction)_errors", count(0.0005 * factor))
        if direction == "in" { object.add("snmp_icmp_in_csum_errors", count(0.00002)) }
        for (field, rate) in Self.messages {
            object.add("snmp_icmp_\(direction)_\(field)", count(rate * factor))
        }
    }

    private func addTransport(to object: inout SnapshotObject) {
        object.add("snmp_tcp_rto_min", 200)
        object.add("snmp_tcp_rto_max", 120_000)
        object.add("snmp_tcp_max_conn", -1)
        object.add("snmp_tcp_curr_estab", noise.whole(6...22, 0xc3_01, t))
        object.add("snmp_tcp_active_opens", count(0.3))
        object.add("snmp_tcp_passive_opens", count(0.1))
        object.add("snmp_tcp_attempt_fails", count(0.004))
        object.add("snmp_tcp_estab_resets", count(0.006))
        object.add("snmp_tcp_in_segs", count(31))
        object.add("snmp_tcp_out_segs", count(29))
        object.add("snmp_tcp_retrans_segs", count(0.05))
        object.add("snmp_tcp_in_errs", count(0.00006))
        object.add("snmp_tcp_in_csum_errors", count(0.00002))
        object.add("snmp_tcp_out_rsts", count(0.02))
        object.add("snmp_udp_in_datagrams", count(92))
        object.add("snmp_udp_out_datagrams", count(88))
        object.add("snmp_udp_no_ports", count(0.03))
        object.add("snmp_udp_in_errors", count(0.0004))
    }
}
