// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import WireText

/// The addresses of pages.
enum PageAddress {
    /// Returns the address of a connector's page.
    static func connector(_ key: ConnectorKey) -> String {
        "/connectors/\(key.account.percentEncoded)/\(key.connector.percentEncoded)"
    }

    /// Returns an address with a query, without the parameters that have no value.
    static func with(_ path: String, _ query: KeyValuePairs<String, String?>) -> String {
        let members = query.compactMap { name, value in value.map { "\(name)=\($0.percentEncoded)" } }
        return members.isEmpty ? path : "\(path)?\(members.joined(separator: "&"))"
    }
}
