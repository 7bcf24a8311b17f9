// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Polling

/// The fleet at one time, for queries: the connectors with their problems, sorted by key.
struct FleetIndex: Sendable {
    let snapshot: FleetSnapshot

    /// All connectors, sorted by key.
    let connectors: [AssessedConnector]

    private let positions: [String: Int]

    init(_ snapshot: FleetSnapshot) {
        self.snapshot = snapshot
        connectors = snapshot.assessed.sorted { $0.key < $1.key }
        positions = Dictionary(connectors.enumerated().map { ($1.key.description, $0) }) { first, _ in first }
    }

    /// The connector with a key; `nil` if discovery does not list it.
    subscript(key: ConnectorKey) -> AssessedConnector? {
        positions[key.description].map { connectors[$0] }
    }

    /// Returns the connector with `account/connector`, as in the path of its page.
    func connector(at path: some StringProtocol) -> AssessedConnector? {
        positions[String(path)].map { connectors[$0] }
    }

    /// Returns the other connectors of the same site.
    func partners(of connector: AssessedConnector) -> [AssessedConnector] {
        guard let site = connector.view.record.inventory.site?.id else { return [] }
        return connectors.filter {
            $0.view.record.inventory.site?.id == site && $0.key.account == connector.key.account
                && $0.key != connector.key
        }
    }
}

extension AssessedConnector {
    var key: ConnectorKey { view.record.key }
}
