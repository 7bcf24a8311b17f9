// SPDX-License-Identifier: Apache-2.0

/// The connectors of an account; the API has no pages here.
///
/// Source: Cloudflare API, "List Connectors", `result`: an array.
package struct ConnectorList: Sendable, Hashable {
    /// The connectors, in the order of the API.
    package let connectors: [ListedConnector]

    /// The number of malformed items, which are not in `connectors`.
    package let malformed: Int

    /// Makes a list.
    package init(connectors: [ListedConnector], malformed: Int) {
        self.connectors = connectors
        self.malformed = malformed
    }
}

extension ConnectorList: Decodable {
    /// Reads the array of connectors.
    package init(from decoder: any Decoder) throws {
        let list = try LossyArray<ListedConnector>(from: decoder)
        connectors = list.elements
        malformed = list.malformed
    }
}
