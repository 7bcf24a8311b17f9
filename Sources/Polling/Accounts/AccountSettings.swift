// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport

/// One account that is polled.
package struct AccountSettings: Sendable {
    package let account: String

    /// Reads the token that is in force now; its file may have changed.
    package let credential: @Sendable () throws(PollFailure) -> Credential

    /// Connector ids to poll; empty for all.
    package let include: Set<String>

    /// Connector ids not to poll.
    package let exclude: Set<String>

    /// Whose part of all connectors this is.
    package let shard: Shard

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

    /// Whether a connector is to be polled.
    package func selects(_ connector: String) -> Bool {
        (include.isEmpty || include.contains(connector)) && !exclude.contains(connector)
            && shard.owns(connector)
    }
}
