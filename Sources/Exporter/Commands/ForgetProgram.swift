// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger

/// The subcommand `forget`: ends the series of what will never come back.
package struct ForgetProgram: Sendable {
    private let storagePath: String
    private let connector: String
    private let tunnel: String?

    /// Creates a program.
    ///
    /// - Parameters:
    ///   - storagePath: the directory of the ledger. Its exporter may be running.
    ///   - connector: the id or the serial number of a connector, or `account/id`.
    ///   - tunnel: the id of a tunnel; `nil` to forget the connector.
    package init(storagePath: String, connector: String, tunnel: String?) {
        self.storagePath = storagePath
        self.connector = connector
        self.tunnel = tunnel
    }

    /// Stores the request for the exporter.
    ///
    /// - Returns: one line about what will happen.
    /// - Throws: an error if the connector or the tunnel is unknown, or if Cloudflare still lists the connector.
    package func run() throws -> String {
        let record = try find(try EventHistory(directory: storagePath).connectors())
        let subject: String
        if let tunnel {
            let tunnels = record.state.rekeys.keys.sorted()
            guard tunnels.contains(tunnel) else {
                let known =
                    tunnels.isEmpty ? "it has none" : "its tunnels are \(tunnels.joined(separator: ", "))"
                throw CommandError(
                    "tunnel \(tunnel): connector \(record.key.connector) has no such tunnel; \(known)"
                )
            }
            subject = "tunnel \(tunnel) of connector \(record.key.connector)"
        } else {
            guard record.missing > 0 || !record.isPresent else {
                throw CommandError(
                    "connector \(record.key.connector): Cloudflare still lists it, so it would come back; delete it there, "
                        + "or list it under connectors.exclude of its account"
                )
            }
            subject = "connector \(record.key.connector)"
        }
        try ForgetRequests.add(tunnel: tunnel, of: record.key, directory: storagePath)
        return PrintableText.escaped(
            "the exporter forgets \(subject) with its next discovery, or when it starts"
        )
    }

    private func find(_ records: [ConnectorRecord]) throws(CommandError) -> ConnectorRecord {
        let found = records.filter { record in
            [record.key.connector, record.inventory.serialNumber, record.key.description].contains(connector)
        }
        guard let record = found.first else {
            throw CommandError(
                "connector \(connector): is not in the ledger; the command connectors lists all of them"
            )
        }
        guard found.count == 1 else {
            let keys = found.map(\.key.description).joined(separator: " or ")
            throw CommandError("connector \(connector): is ambiguous; use \(keys)")
        }
        return record
    }
}
