// SPDX-License-Identifier: Apache-2.0

import WireText

extension APIRenderer {
    /// Renders the list of an account's connectors.
    func list(_ connectors: [SimulatedConnector], now: Int) -> SimulatedResponse {
        envelope(capacity: 640 * connectors.count) { json in
            json.array { json in
                for connector in connectors { write(connector, to: &json, now: now) }
                if options.hasInvalidConnectors { writeInvalidConnectors(to: &json) }
            }
        }
    }

    func connector(_ connector: SimulatedConnector, now: Int) -> SimulatedResponse {
        envelope(capacity: 640) { write(connector, to: &$0, now: now) }
    }

    /// Identifiers that change a path, end a string or a label, contain a NUL byte, or are too long.
    private static let invalidIDs = [
        "", ".", "..", "../../../../user", "a/b?c#d", "100%", "a b", "\"quoted\"", "back\\slash",
        "two\nlines", "nul\u{0}one", "nul\u{0}two", "\u{202e}turned", "\u{1f4a5}",
        String(repeating: "long", count: 2500), "<script>alert(1)</script>", "'; DROP TABLE event; --",
    ]

    private func writeInvalidConnectors(to json: inout JSONWriter) {
        for id in Self.invalidIDs {
            json.object {
                $0.field("activated", true)
                $0.field("id", id)
            }
        }
        // Elements without an identifier, or with one that is not a string.
        for element in ["{}", "null", "[]", #"{"id":null}"#, #"{"id":7}"#] as [StaticString] {
            json.raw(element)
        }
    }

    private func write(_ connector: SimulatedConnector, to json: inout JSONWriter, now: Int) {
        let identity = connector.identity
        json.object { json in
            json.field("id", identity.id)
            json.field("activated", connector.isActivated)
            json.field("interrupt_window_days_of_week", raw: #"["Saturday","Sunday"]"#)
            json.field("interrupt_window_duration_hours", 4)
            json.field("interrupt_window_embargo_dates", raw: #"["2026-12-24"]"#)
            json.field("interrupt_window_hour_of_day", identity.windowHour)
            json.field("last_updated", CivilTime(secondsSinceEpoch: identity.lastUpdated).rfc3339)
            json.field("notes", identity.notes)
            json.field("timezone", identity.timezone)
            if !options.omitsOptionalFields { writeOptionalFields(connector, to: &json, now: now) }
            if options.hasExtraFields {
                json.field("cohort", raw: #"{"name":"beta","slots":[1,2]}"#)
                json.field("upgrade_asap", raw: "null")
            }
        }
    }

    private func writeOptionalFields(_ connector: SimulatedConnector, to json: inout JSONWriter, now: Int) {
        let identity = connector.identity
        let heartbeat = CivilTime(secondsSinceEpoch: connector.lastHeartbeat(at: now))
        json.object("device") { json in
            json.field("id", identity.deviceID)
            json.field("serial_number", identity.serialNumber)
            json.field("type", identity.deviceType)
        }
        json.field("last_heartbeat", heartbeat.rfc3339)
        json.field("last_seen_version", connector.version)
        // The real API returns the key only once, at creation. An exporter that shows it has decoded a secret.
        json.field("license_key", identity.licenseKey)
    }
}
