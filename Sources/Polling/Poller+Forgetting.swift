// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Logging

// MARK: - Requests to forget

extension Poller {
    /// Ends the series of the tunnels and connectors that an operator has asked to forget.
    ///
    /// If the ledger cannot be written, the next discovery tries again.
    func applyForgetRequests(of account: String) async {
        let now = context.clock.now()
        let outcome = try? await context.ledger.applyForgetRequests(of: account, at: now)
        guard let outcome else { return }
        for (key, tunnel) in outcome.tunnels {
            context.logger.info(
                "tunnel forgotten",
                metadata: [
                    "event": "tunnel_forgotten", "account.id": "\(account)",
                    "connector.id": "\(key.connector)", "tunnel.id": "\(tunnel)",
                ]
            )
            if let record = context.ledger.connector(key), schedule.contains(key) { publish(record) }
        }
        for key in outcome.connectors {
            remove(key)
            context.logger.info(
                "connector forgotten",
                metadata: [
                    "event": "connector_forgotten", "account.id": "\(account)",
                    "connector.id": "\(key.connector)",
                ]
            )
        }
    }
}
