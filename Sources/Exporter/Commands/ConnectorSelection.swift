// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger

/// The connectors that options of a command select.
struct ConnectorSelection {
    /// Patterns of ids and serial numbers (`--connector`).
    let connectors: NamePatterns

    /// Patterns of ids and names of sites (`--site`).
    let sites: NamePatterns

    /// Whether every connector is selected.
    var isEmpty: Bool { connectors.isEmpty && sites.isEmpty }

    /// Returns the selected connectors.
    ///
    /// - Throws: an error if the options select none of them.
    func select(from records: [ConnectorRecord]) throws(CommandError) -> [ConnectorRecord] {
        guard !isEmpty else { return records }
        let selected = records.filter { record in
            let site = record.inventory.site
            return Self.matches(connectors, [record.key.connector, record.inventory.serialNumber])
                && Self.matches(sites, [site?.id, site?.name])
        }
        guard !selected.isEmpty else {
            throw CommandError(
                "--connector, --site: select none of the \(records.count) connectors of the ledger; the command "
                    + "connectors lists them"
            )
        }
        return selected
    }

    private static func matches(_ patterns: NamePatterns, _ names: [String?]) -> Bool {
        patterns.isEmpty || names.contains { $0.map(patterns.select) ?? false }
    }
}
