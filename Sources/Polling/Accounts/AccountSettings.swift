// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport

/// The configuration of one polled account.
package struct AccountSettings: Sendable {
    /// The account's id.
    package let account: String

    /// Returns the current token, whose file may have changed.
    package let credential: @Sendable () throws(PollFailure) -> Credential

    /// The ids of the connectors to poll; empty for all.
    package let include: Set<String>

    /// The ids of the connectors to skip.
    package let exclude: Set<String>

    /// The part of all connectors that this exporter polls.
    package let shard: Shard

    /// Makes the configuration of an account.
    package init(
        account: String,
        include: Set<String> = [],
        exclude: Set<String> = [],
        shard: Shard = .whole,
        credential: @escaping @Sendable () throws(PollFailure) -> Credential
    ) {
        self.account = account
        self.include = include
        self.exclude = exclude
        self.shard = shard
        self.credential = credential
    }

    /// Whether this exporter polls a connector.
    package func selects(_ connector: String) -> Bool {
        (include.isEmpty || include.contains(connector)) && !exclude.contains(connector)
            && shard.owns(connector)
    }
}
