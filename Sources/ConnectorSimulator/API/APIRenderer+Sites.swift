// SPDX-License-Identifier: Apache-2.0

import WireText

extension APIRenderer {
    /// Renders the list of an account's sites.
    ///
    /// - Parameter connectors: the connectors of the account; removed ones belong to no site.
    /// - Returns: a response with status 200.
    func sites(_ connectors: [SimulatedConnector]) -> SimulatedResponse {
        var members: [String: [ConnectorIdentity]] = [:]
        for connector in connectors where !connector.isRemoved {
            members[connector.identity.site.id, default: []].append(connector.identity)
        }
        return envelope(capacity: 320 * members.count) { json in
            json.array { json in
                for (_, identities) in members.sorted(by: { $0.key < $1.key }) {
                    write(identities, to: &json)
                }
                if options.hasExtraFields { json.raw(#"{"id":7}"#) }
            }
        }
    }

    private func write(_ identities: [ConnectorIdentity], to json: inout JSONWriter) {
        guard let site = identities.first?.site else { return }
        json.object { json in
            json.field("id", site.id)
            json.field("name", site.name)
            for identity in identities {
                json.field(identity.isPrimary ? "connector_id" : "secondary_connector_id", identity.id)
            }
            json.field("ha_mode", site.isPair)
            if !options.omitsOptionalFields { json.field("description", identities.first?.notes ?? "") }
            // Clients list sites rarely, so a missing place would outlast the fault.
            json.object("location") { json in
                json.field("lat", "\(site.latitude)")
                json.field("lon", "\(site.longitude)")
            }
        }
    }

    /// Renders the status of a valid token.
    ///
    /// - Parameter expiry: when the token expires, in seconds since the Unix epoch; `nil` if it does not.
    /// - Returns: a response with status 200.
    func tokenStatus(expiry: Int?) -> SimulatedResponse {
        envelope(capacity: 128) { json in
            json.object { json in
                json.field("id", "ed17574386854bf78a67040be0a770b0")
                json.field("status", "active")
                if let expiry { json.field("expires_on", CivilTime(secondsSinceEpoch: expiry).rfc3339) }
            }
        }
    }
}
