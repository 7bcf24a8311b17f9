// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Foundation
import TestSupport

/// The expected series, computed without state from the simulator's list of all events.
enum Oracle {
    private struct GroundTruth: Decodable {
        struct Site: Decodable {
            let id: String
            let name: String
            let role: String
            let ha_mode: Bool
            let latitude: Double
            let longitude: Double
        }

        struct Connector: Decodable {
            let id: String
            let counts: [String: Int]
            let removed: Bool
            let site: Site
            let activated: Bool
        }

        let connectors: [Connector]
    }

    /// An event of the simulator's list.
    struct Listed: Decodable {
        struct Payload: Decodable { let tunnel_id: String? }

        let t: Int
        let n: Int
        let k: String
        let a: Int
        let e: Payload
    }

    /// Returns the series that differ, each with both values.
    static func differences(_ fixture: ExporterFixture) async throws -> [String] {
        let truth = try await fixture.control(
            "truth?account=\(ExporterFixture.account)",
            as: GroundTruth.self
        )
        let connectors = truth.connectors.filter { !$0.removed }
        var events: [[Listed]] = []
        for connector in connectors {
            events.append(try await Self.events(of: connector.id, fixture))
        }
        let before = Date.now.timeIntervalSince1970
        let scrape = try await fixture.scrape()
        let after = Date.now.timeIntervalSince1970
        var differences: [String] = []
        for (connector, listed) in zip(connectors, events) {
            let inventory = inventory(of: connector)
            let early = expected(of: connector.id, listed, now: before).merging(inventory) { $1 }
            let late = expected(of: connector.id, listed, now: after).merging(inventory) { $1 }
            let families = Set(early.keys.map { $0.prefix { $0 != "{" } })
            var exposed = scrape.samples.filter { series, _ in
                series.contains("connector_id=\"\(connector.id)\"")
                    && families.contains(series.prefix { $0 != "{" })
            }
            for series in Set(early.keys).union(late.keys) {
                let value = exposed.removeValue(forKey: series)
                if value != early[series], value != late[series] {
                    differences.append("\(series): \(value as Any), not \(early[series] as Any)")
                }
            }
            differences += exposed.map { "\($0.key): \($0.value), unexpected" }
            if connector.counts.values.reduce(0, +) != listed.count {
                differences.append("\(connector.id): the simulator's counts and its list of events differ")
            }
        }
        return differences.sorted()
    }

    /// Returns the simulator's list of all events of a connector.
    static func events(of connector: String, _ fixture: ExporterFixture) async throws -> [Listed] {
        try await fixture.control("events?connector=\(connector)&from=0&to=9999999999", as: [Listed].self)
    }

    private static func inventory(of connector: GroundTruth.Connector) -> [String: Double] {
        let own = "account_id=\"\(ExporterFixture.account)\",connector_id=\"\(connector.id)\""
        let site = connector.site
        let name = site.name.replacing("\"", with: "\\\"")
        let prefix = ExporterFixture.prefix
        let labels =
            "site_id=\"\(site.id)\",site_name=\"\(name)\",role=\"\(site.role)\",ha_mode=\"\(site.ha_mode)\""
        let location = "site_id=\"\(site.id)\",latitude=\"\(site.latitude)\",longitude=\"\(site.longitude)\""
        return [
            "\(prefix)activated{\(own)}": connector.activated ? 1 : 0,
            "\(prefix)primary{\(own)}": site.role == "primary" ? 1 : 0,
            "\(prefix)site_info{\(own),\(labels)}": 1,
            "\(prefix)site_location_info{\(own),\(location)}": 1,
        ]
    }

    /// Returns the series of a connector's events at a time, without its inventory.
    static func expected(of connector: String, _ listed: [Listed], now: Double) -> [String: Double] {
        let reader = NaiveReader(
            listed.map {
                Event(
                    id: EventID(t: $0.t, n: $0.n),
                    kind: EventKind(rawValue: $0.k),
                    collectedAt: Timestamp($0.a),
                    tunnelID: $0.e.tunnel_id
                )
            }
        )
        var series: [String: Double] = [:]
        func set(_ name: String, _ labels: String = "", _ value: Double?) {
            let own = "account_id=\"\(ExporterFixture.account)\",connector_id=\"\(connector)\""
            series["\(ExporterFixture.prefix)\(name){\(own)\(labels)}"] = value
        }
        for kind in Set(EventKind.documented.map(\.rawValue)).union(listed.map(\.k)) {
            let own = listed.filter { $0.k == kind }
            set("events_total", ",kind=\"\(kind)\"", Double(own.count))
            set("last_event_timestamp_seconds", ",kind=\"\(kind)\"", own.map(\.t).max().map(Double.init))
        }
        for operation in Operation.allCases {
            let label = ",operation=\"\(operation.rawValue)\""
            let open = reader.openSince(operation)
            let threshold: Double = [Operation.attestation: 600, .upgrade: 7200][operation] ?? 1800
            let failures = reader.consecutiveFailures(operation)
            set("operation_consecutive_failures", label, failures.map(Double.init))
            set("operation_in_progress", label, open == nil ? 0 : 1)
            set("operation_stuck", label, open.map { now >= Double($0) + threshold } ?? false ? 1 : 0)
            set("operation_start_timestamp_seconds", label, reader.newestStart(operation).map(Double.init))
            for (name, window) in [("1h", 3600), ("1d", 86400)] {
                for (outcome, failed) in [("success", false), ("failure", true)] {
                    let count = reader.finishes(operation, failed: failed, window: window, now: now)
                    let labels = "\(label),outcome=\"\(outcome)\",window=\"\(name)\""
                    set("operation_finishes", labels, count.map(Double.init))
                }
                set(
                    "operation_failure_ratio",
                    "\(label),window=\"\(name)\"",
                    reader.failureRatio(operation, window: window, now: now)
                )
            }
        }
        for tunnel in Set(listed.compactMap(\.e.tunnel_id)) {
            guard let (phase, start) = reader.rekeyPhase(tunnel) else { continue }
            let label = ",tunnel_id=\"\(tunnel)\""
            for name in ["installed", "started", "advanced", "completed", "reset"] {
                set("rekey_phase", "\(label),phase=\"\(name)\"", name == phase ? 1 : 0)
            }
            let isTransitional = ["started", "advanced", "reset"].contains(phase)
            set("rekey_phase_start_timestamp_seconds", label, Double(start))
            set("rekey_stuck", label, isTransitional && now >= Double(start) + 900 ? 1 : 0)
            let own = reader.rekeys(of: tunnel)
            set("rekeys_completed_total", label, Double(own.count { $0.kind == .rekeyComplete }))
            set("rekey_resets_total", label, Double(own.count { $0.kind == .rekeyReset }))
        }
        set("last_event_delivery_delay_seconds", "", reader.deliveryDelay(listedUntil: now + 300))
        set("agent_running", "", reader.isAgentRunning().map { $0 ? 1 : 0 })
        return series
    }
}
