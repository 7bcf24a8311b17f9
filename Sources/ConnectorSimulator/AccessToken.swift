// SPDX-License-Identifier: Apache-2.0

/// A token that the simulator knows, and what it may do.
package struct AccessToken: Sendable, Hashable {
    /// What stands after `Bearer`.
    package var text: String
    /// Whether it has the permission "Magic WAN Read".
    package var mayRead: Bool
    /// The accounts that it belongs to; `nil` is every account.
    package var accounts: [String]?

    package init(_ text: String, mayRead: Bool = true, accounts: [String]? = nil) {
        self.text = text
        self.mayRead = mayRead
        self.accounts = accounts
    }

    /// Reads a token of the command line: `TEXT`, `TEXT:none` (no permission), `TEXT:ACCOUNT` (that account only).
    ///
    /// - Throws: a sentence that says how to write it.
    package static func parse(_ argument: String) throws(SimulatorError) -> AccessToken {
        let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let text = String(parts[0])
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw SimulatorError("write it like TEXT, TEXT:none or TEXT:ACCOUNT, in visible ASCII.")
        }
        guard parts.count > 1 else { return AccessToken(text) }
        if parts[1] == "none" { return AccessToken(text, mayRead: false) }
        guard parts[1].utf8.count == 32 else {
            throw SimulatorError("after the colon stands none, or an account of 32 hexadecimal digits.")
        }
        return AccessToken(text, accounts: [String(parts[1])])
    }
}
