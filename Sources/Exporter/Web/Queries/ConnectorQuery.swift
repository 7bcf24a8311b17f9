// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Polling

/// The parameters of a list of connectors: `account`, `connector`, `state` and `q`.
struct ConnectorQuery: Sendable {
    let account: String?

    /// An id or a serial number.
    let connector: String?

    /// The selected states; empty for all.
    let states: Set<ConnectorSummary.State>

    /// The words that must all occur, in lower case.
    private let words: [String]

    /// Reads the parameters.
    ///
    /// - Throws: an error that names the parameter and the remedy.
    init(_ parameters: QueryParameters) throws(QueryError) {
        account = parameters["account"]
        connector = parameters["connector"]
        try parameters.checkLength("q", atMost: 200)
        words = (parameters["q"] ?? "").lowercased().split(separator: " ").map(String.init)
        var states: Set<ConnectorSummary.State> = []
        for name in (parameters["state"] ?? "").split(separator: ",") {
            guard let state = ConnectorSummary.State(rawValue: String(name)) else {
                let names = ConnectorSummary.State.allCases.map(\.rawValue).joined(separator: ", ")
                throw QueryError(
                    "state: \(QueryParameters.quoted(String(name))) is not a state; use \(names)"
                )
            }
            states.insert(state)
        }
        self.states = states
    }

    /// Whether every connector is selected.
    var isEmpty: Bool { account == nil && connector == nil && states.isEmpty && words.isEmpty }

    /// Returns whether a connector is selected.
    func selects(_ candidate: AssessedConnector) -> Bool {
        guard account == nil || account == candidate.key.account else { return false }
        guard states.isEmpty || states.contains(candidate.state) else { return false }
        let inventory = candidate.view.record.inventory
        if let connector {
            guard candidate.key.connector == connector || inventory.serialNumber == connector else {
                return false
            }
        }
        guard !words.isEmpty else { return true }
        let text = [
            candidate.key.connector, inventory.serialNumber, inventory.deviceID, inventory.site?.name,
            inventory.site?.id, inventory.version,
        ].compactMap { $0?.lowercased() }
        return words.allSatisfy { word in text.contains { $0.contains(word) } }
    }

    /// Returns the keys of the selected connectors, including those that discovery no longer lists.
    ///
    /// - Returns: `nil` if all are selected, because a search of all is faster than one of many.
    /// - Throws: if the ledger cannot be read.
    func keys(in context: QueryContext) throws(LedgerError) -> Set<ConnectorKey>? {
        guard account != nil || connector != nil else { return nil }
        let inventories = try context.history().inventories()
        let selected = inventories.filter { key, inventory in
            guard account == nil || account == key.account else { return false }
            return connector == nil || connector == key.connector || connector == inventory.serialNumber
        }
        return selected.count == inventories.count ? nil : Set(selected.keys)
    }
}
