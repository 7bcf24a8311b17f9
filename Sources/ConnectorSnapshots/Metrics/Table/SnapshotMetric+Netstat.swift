// SPDX-License-Identifier: Apache-2.0

extension SnapshotMetric {
    /// The counters of `/proc/net/snmp`.
    static let netstat: [SnapshotMetric] =
        [
            netstat("ip_forw_datagrams", "Datagrams forwarded to their destination"),
            netstat("ip_in_discards", "Received datagrams that were discarded for lack of buffers"),
            netstat("ip_out_discards", "Datagrams to send that were discarded for lack of buffers"),
            netstat("ip_out_no_routes", "Datagrams that were discarded because no route matched"),
            netstat(
                "ip_frag_fails",
                "Datagrams that could not be fragmented, which indicates a problem with the MTU"
            ),
            netstat("ip_reasm_fails", "Failed reassemblies of datagrams"),
            netstat("tcp_out_segs", "TCP segments sent"),
            netstat("tcp_retrans_segs", "TCP segments sent again"),
            netstat("udp_in_errors", "UDP datagrams that could not be delivered"),
            .metric(
                .gauge,
                "netstat_ip_forwarding",
                "Whether the connector forwards datagrams (1) or not (0).",
                .netstat,
                .flag("snmp_ip_forwarding_enabled")
            ),
            .metric(
                .gauge,
                "netstat_tcp_curr_estab",
                "Established TCP connections of the connector itself.",
                .netstat,
                .number("snmp_tcp_curr_estab")
            ),
        ] + netstatOnDemand

    private static let netstatOnDemand: [SnapshotMetric] = [
        netstat("ip_in_receives", "Datagrams received", isOnDemand: true),
        netstat("ip_in_delivers", "Datagrams delivered to protocols", isOnDemand: true),
        netstat("ip_out_requests", "Datagrams that the connector sent itself", isOnDemand: true),
        netstat("ip_in_hdr_errors", "Received datagrams with invalid headers", isOnDemand: true),
        netstat("ip_in_addr_errors", "Received datagrams with invalid addresses", isOnDemand: true),
        netstat("ip_in_unknown_protos", "Received datagrams of unknown protocols", isOnDemand: true),
        netstat("ip_frag_oks", "Datagrams that were fragmented", isOnDemand: true),
        netstat("ip_frag_creates", "Fragments created", isOnDemand: true),
        netstat("ip_reasm_reqds", "Fragments received", isOnDemand: true),
        netstat("ip_reasm_oks", "Datagrams reassembled", isOnDemand: true),
        netstat("icmp_in_msgs", "ICMP messages received", isOnDemand: true),
        netstat("icmp_in_errors", "ICMP messages received with errors", isOnDemand: true),
        netstat("icmp_in_csum_errors", "ICMP messages received with invalid checksums", isOnDemand: true),
        netstat("icmp_in_dest_unreachs", "Destination Unreachable messages received", isOnDemand: true),
        netstat("icmp_in_time_excds", "Time Exceeded messages received", isOnDemand: true),
        netstat("icmp_in_parm_probs", "Parameter Problem messages received", isOnDemand: true),
        netstat("icmp_in_src_quenchs", "Source Quench messages received", isOnDemand: true),
        netstat("icmp_in_redirects", "Redirect messages received", isOnDemand: true),
        netstat("icmp_in_echos", "Echo requests received", isOnDemand: true),
        netstat("icmp_in_echo_reps", "Echo replies received", isOnDemand: true),
        netstat("icmp_in_timestamps", "Timestamp requests received", isOnDemand: true),
        netstat("icmp_in_timestamp_reps", "Timestamp replies received", isOnDemand: true),
        netstat("icmp_in_addr_masks", "Address Mask requests received", isOnDemand: true),
        netstat("icmp_in_addr_mask_reps", "Address Mask replies received", isOnDemand: true),
        netstat("icmp_out_msgs", "ICMP messages sent", isOnDemand: true),
        netstat("icmp_out_errors", "ICMP messages not sent because of errors", isOnDemand: true),
        netstat("icmp_out_dest_unreachs", "Destination Unreachable messages sent", isOnDemand: true),
        netstat("icmp_out_time_excds", "Time Exceeded messages sent", isOnDemand: true),
        netstat("icmp_out_parm_probs", "Parameter Problem messages sent", isOnDemand: true),
        netstat("icmp_out_src_quenchs", "Source Quench messages sent", isOnDemand: true),
        netstat("icmp_out_redirects", "Redirect messages sent", isOnDemand: true),
        netstat("icmp_out_echos", "Echo requests sent", isOnDemand: true),
        netstat("icmp_out_echo_reps", "Echo replies sent", isOnDemand: true),
        netstat("icmp_out_timestamps", "Timestamp requests sent", isOnDemand: true),
        netstat("icmp_out_timestamp_reps", "Timestamp replies sent", isOnDemand: true),
        netstat("icmp_out_addr_masks", "Address Mask requests sent", isOnDemand: true),
        netstat("icmp_out_addr_mask_reps", "Address Mask replies sent", isOnDemand: true),
        netstat("tcp_active_opens", "TCP connections opened", isOnDemand: true),
        netstat("tcp_passive_opens", "TCP connections accepted", isOnDemand: true),
        netstat("tcp_attempt_fails", "TCP connections that failed", isOnDemand: true),
        netstat("tcp_estab_resets", "TCP connections reset", isOnDemand: true),
        netstat("tcp_in_segs", "TCP segments received", isOnDemand: true),
        netstat("tcp_in_errs", "TCP segments received with errors", isOnDemand: true),
        netstat("tcp_in_csum_errors", "TCP segments received with invalid checksums", isOnDemand: true),
        netstat("tcp_out_rsts", "TCP segments sent with RST", isOnDemand: true),
        netstat("udp_in_datagrams", "UDP datagrams delivered", isOnDemand: true),
        netstat("udp_out_datagrams", "UDP datagrams sent", isOnDemand: true),
        netstat("udp_no_ports", "UDP datagrams received for ports without an application", isOnDemand: true),
        netstatGauge("ip_default_ttl", "Default TTL of datagrams", .number("snmp_ip_default_ttl")),
        netstatGauge(
            "ip_reasm_timeout",
            "Seconds that fragments wait for reassembly",
            .number("snmp_ip_reasm_timeout")
        ),
        netstatGauge(
            "tcp_rto_min_seconds",
            "Minimum retransmission timeout",
            .number("snmp_tcp_rto_min", .milliseconds)
        ),
        netstatGauge(
            "tcp_rto_max_seconds",
            "Maximum retransmission timeout",
            .number("snmp_tcp_rto_max", .milliseconds)
        ),
        netstatGauge(
            "tcp_max_conn",
            "Maximum number of TCP connections; -1 without a limit",
            .number("snmp_tcp_max_conn")
        ),
    ]

    private static func netstat(_ name: String, _ help: String, isOnDemand: Bool = false) -> SnapshotMetric {
        .metric(
            .counter,
            "netstat_\(name)_total",
            "\(help), since the boot.",
            .netstat,
            isOnDemand: isOnDemand,
            .number("snmp_\(name)")
        )
    }

    private static func netstatGauge(_ name: String, _ help: String, _ reading: SnapshotReading)
        -> SnapshotMetric
    {
        .metric(.gauge, "netstat_\(name)", "\(help).", .netstat, isOnDemand: true, reading)
    }
}
