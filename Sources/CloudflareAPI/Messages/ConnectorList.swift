// SPDX-License-Identifier: Apache-2.0

/// An account's connectors, all of them: the API has no pages here.
///
/// Source: Cloudflare API, "List Connectors", `result`: an array.
package struct ConnectorList: Sendable, Hashable {
    /// The connectors in the order of the API.
    package let connectors: [ListedConnector]

    /// How many items were no connectors, and are not in `connectors`.
    package let malformed: Int

    /// Makes an inventory as the API would send it.
    package init(connectors: [ListedConnector], malformed: Int) {
        self.connectors = connectors
        self.malformed = malformed
    }
}

extension ConnectorList: Decodable {
    package init(from decoder: any Decoder) throws {
        let list = try LossyArray<ListedConnector>(from: decoder)
        connectors = list.elements
        malformed = list.malformed
    }
}
