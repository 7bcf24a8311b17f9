// SPDX-License-Identifier: Apache-2.0

/// The identity of a connector: its account and its id.
package struct ConnectorKey: Sendable, Hashable, Comparable, CustomStringConvertible {
    package let account: String
    package let connector: String

    package init(account: String, connector: String) {
        self.account = account
        self.connector = connector
    }

    package static func < (left: Self, right: Self) -> Bool {
        left.account != right.account ? left.account < right.account : left.connector < right.connector
    }

    package var description: String { "\(account)/\(connector)" }
}
