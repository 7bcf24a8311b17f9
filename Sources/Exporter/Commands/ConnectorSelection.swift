// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// The connectors that options of a command select.
struct ConnectorSelection {
    /// Patterns of ids and serial numbers (`--connector`).
    private let connectors: NamePatterns

    /// Patterns of ids and names of sites (`--site`).
    private let sites: NamePatterns

    init(connectors: [String], sites: [String]) {
        self.connectors = NamePatterns(connectors)
        self.sites = NamePatterns(sites)
    }

    /// Whether every connector is selected.
    var isEmpty: Bool { connectors.isEmpty && sites.isEmpty }

    /// Returns the selected connectors.
    ///
    /// - Throws: an error if the options select none of them.
    func select(from inventories: [ConnectorKey: Connector]) throws(CommandError) -> Set<ConnectorKey> {
        guard !isEmpty else { return Set(inventories.keys) }
        let selected = inventories.filter { key, inventory in
            Self.matches(connectors, [key.connector, inventory.serialNumber])
                && Self.matches(sites, [inventory.site?.id, inventory.site?.name])
        }
        guard !selected.isEmpty else {
            throw CommandError(
                "--connector, --site: select none of the \(inventories.count) connectors of the ledger; the command "
                    + "connectors lists them"
            )
        }
        return Set(selected.keys)
    }

    private static func matches(_ patterns: NamePatterns, _ names: [String?]) -> Bool {
        patterns.isEmpty || names.contains { $0.map(patterns.select) ?? false }
    }
}
