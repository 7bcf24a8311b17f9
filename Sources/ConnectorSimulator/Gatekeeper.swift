// SPDX-License-Identifier: Apache-2.0

/// Knows the tokens and what each may see.
struct Gatekeeper: Sendable {
    private var tokens: [String: AccessToken] = [:]
    private var revoked: Set<String> = []

    init(_ tokens: [AccessToken]) {
        for token in tokens { add(token) }
    }

    mutating func add(_ token: AccessToken) {
        tokens[token.text] = token
        revoked.remove(token.text)
    }

    mutating func revoke(_ text: String) {
        tokens[text] = nil
        revoked.insert(text)
    }

    /// Finds whose request it is.
    ///
    /// - Parameter authorization: the value of the header (RFC 6750, 2.1).
    /// - Returns: a token that is known and not revoked.
    /// - Throws: what the API says to anyone else.
    func token(_ authorization: String?) throws(Refusal) -> AccessToken {
        guard let authorization else { throw .unauthenticated }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw .malformedAuthorization }
        let text = String(parts[1])
        if let token = tokens[text] { return token }
        throw revoked.contains(text) ? .revoked : .unauthenticated
    }

    /// Decides whether a token may see an account.
    ///
    /// - Parameters:
    ///   - token: one that is known.
    ///   - account: as it stands in the path.
    ///   - isKnown: whether there is such an account at all.
    ///   - path: for the message.
    /// - Throws: what the API says where it may not.
    func admit(_ token: AccessToken, to account: String, isKnown: Bool, path: String) throws(Refusal) {
        let isIdentifier = account.utf8.count == 32 && account.utf8.allSatisfy(Self.isHexadecimal)
        guard isIdentifier else { throw .unroutable(path) }
        guard token.mayRead else { throw .unpermitted }
        guard isKnown, token.accounts?.contains(account) ?? true else { throw .foreignAccount }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x66).contains(byte) || (0x41...0x46).contains(byte)
    }
}
