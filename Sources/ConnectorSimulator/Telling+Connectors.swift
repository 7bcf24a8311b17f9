// SPDX-License-Identifier: Apache-2.0

import WireText

/// Connectors in the API's words.
extension Telling {
    /// The list of an account's connectors.
    ///
    /// - Parameters:
    ///   - connectors: the account's, those that were removed included.
    ///   - deviceType: the only type to be listed, if any.
    ///   - now: seconds since the Unix epoch.
    /// - Returns: an answer of 200.
    func list(_ connectors: [SimulatedConnector], deviceType: String?, now: Int) -> Answer {
        var listed = connectors.filter { !$0.isRemoved }
        if let deviceType { listed.removeAll { $0.identity.deviceType != deviceType } }
        if has(.vanish), let gone = vanishing ?? listed.first?.identity.id {
            listed.removeAll { $0.identity.id == gone }
        }
        if has(.duplicateConnectors) {
            listed = listed.flatMap { doubled == nil || doubled == $0.identity.id ? [$0, $0] : [$0] }
        }
        return envelope(capacity: 640 * listed.count) { json in
            json.raw("[")
            for (index, connector) in listed.enumerated() {
                if index > 0 { json.raw(",") }
                write(connector, to: &json, now: now)
            }
            if has(.strangeConnectors) { writeStrangers(to: &json, isFirst: listed.isEmpty) }
            json.raw("]")
        }
    }

    /// Ids that lead elsewhere in a path, end a string or a label, are cut by C, or are no ids at all.
    private static let strangeIDs = [
        "", ".", "..", "../../../../user", "a/b?c#d", "100%", "a b", "\"quoted\"", "back\\slash",
        "two\nlines",
        "nul\u{0}one", "nul\u{0}two", "\u{202e}turned", "\u{1f4a5}", String(repeating: "long", count: 2500),
        "<script>alert(1)</script>", "'; DROP TABLE event; --",
    ]

    private func writeStrangers(to json: inout JSONWriter, isFirst: Bool) {
        for (index, id) in Self.strangeIDs.enumerated() {
            if index > 0 || !isFirst { json.raw(",") }
            json.raw("{\"activated\":true,\"id\":")
            json.string(id)
            json.raw("}")
        }
        // And what has no id, or one that is no text.
        json.raw(",{},null,[],{\"id\":null},{\"id\":7}")
    }

    /// One connector.
    func connector(_ connector: SimulatedConnector, now: Int) -> Answer {
        envelope(capacity: 640) { write(connector, to: &$0, now: now) }
    }

    private func write(_ connector: SimulatedConnector, to json: inout JSONWriter, now: Int) {
        let identity = connector.identity
        json.raw("{\"id\":")
        json.string(identity.id)
        json.raw(",\"activated\":true,\"interrupt_window_days_of_week\":[\"Saturday\",\"Sunday\"]")
        json.raw(",\"interrupt_window_duration_hours\":4,\"interrupt_window_embargo_dates\":[\"2026-12-24\"]")
        json.raw(",\"interrupt_window_hour_of_day\":")
        json.integer(identity.windowHour)
        json.raw(",\"last_updated\":")
        json.string(CivilTime(secondsSinceEpoch: identity.lastUpdated).rfc3339)
        json.raw(",\"notes\":")
        json.string(identity.notes)
        json.raw(",\"timezone\":")
        json.string(identity.timezone)
        if !has(.missingOptional) { writeOptional(connector, to: &json, now: now) }
        if has(.extraFields) {
            json.raw(",\"cohort\":{\"name\":\"beta\",\"slots\":[1,2]},\"upgrade_asap\":null")
        }
        json.raw("}")
    }

    private func writeOptional(_ connector: SimulatedConnector, to json: inout JSONWriter, now: Int) {
        let identity = connector.identity
        json.raw(",\"primary\":")
        json.bool(identity.isPrimary)
        json.raw(",\"device\":{\"id\":")
        json.string(identity.deviceID)
        json.raw(",\"serial_number\":")
        json.string(identity.serialNumber)
        json.raw(",\"type\":")
        json.string(identity.deviceType)
        json.raw("},\"last_heartbeat\":")
        json.string(CivilTime(secondsSinceEpoch: connector.lastHeartbeat(at: now)).rfc3339)
        json.raw(",\"last_seen_version\":")
        json.string(connector.version)
        // A trap: the real API shows it once, at creation; whoever shows it again has decoded what it must not.
        json.raw(",\"license_key\":")
        json.string(identity.licenseKey)
        json.raw(",\"site_id\":")
        json.string(identity.siteID)
    }
}
