// SPDX-License-Identifier: Apache-2.0

import WireText

/// A token that the simulator accepts, and its permissions.
package struct AccessToken: Sendable, Hashable {
    /// The text after `Bearer`.
    package var text: String
    /// Whether the token has the permission "Magic WAN Read".
    package var mayRead: Bool
    /// The accounts that the token may read, or `nil` for every account.
    package var accounts: [String]?

    /// When the token expires, in seconds since the Unix epoch; `nil` if it does not.
    package var expiry: Int?
    /// The account that owns the token; `nil` if a user owns it.
    package var owner: String?

    package init(
        _ text: String,
        mayRead: Bool = true,
        accounts: [String]? = nil,
        expiry: Int? = nil,
        owner: String? = nil
    ) {
        self.expiry = expiry
        self.owner = owner
        self.text = text
        self.mayRead = mayRead
        self.accounts = accounts
    }

    /// Parses a token of the command line: `TEXT`, `TEXT:none` (no permission) or `TEXT:ACCOUNT` (one account).
    ///
    /// - Throws: an error that describes the syntax.
    package static func parse(_ argument: String) throws(SimulatorError) -> AccessToken {
        let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let text = String(parts[0])
        guard !text.isEmpty, text.utf8.allSatisfy(\.isVisible) else {
            throw SimulatorError("use TEXT, TEXT:none or TEXT:ACCOUNT, in visible ASCII")
        }
        guard parts.count > 1 else { return AccessToken(text) }
        if parts[1] == "none" { return AccessToken(text, mayRead: false) }
        guard parts[1].utf8.count == 32 else {
            throw SimulatorError("use none or an account of 32 hexadecimal digits after the colon")
        }
        return AccessToken(text, accounts: [String(parts[1])])
    }
}
