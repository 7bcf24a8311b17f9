// SPDX-License-Identifier: Apache-2.0

import WireText

/// The accepted tokens, and the rules of what each one may read.
struct Authenticator: Sendable {
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

    /// Returns the token of a request.
    ///
    /// - Parameter authorization: the value of the header field (RFC 6750, 2.1).
    /// - Returns: an accepted token.
    /// - Throws: the error that the API responds with.
    func token(_ authorization: String?) throws(APIError) -> AccessToken {
        guard let authorization else { throw .unauthenticated }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { throw .malformedAuthorization }
        let text = String(parts[1])
        if let token = tokens[text] { return token }
        throw revoked.contains(text) ? .revoked : .unauthenticated
    }

    /// Checks that a token may read an account.
    ///
    /// - Parameters:
    ///   - token: an accepted token.
    ///   - account: the account of the path.
    ///   - exists: whether the account exists.
    ///   - path: the path, for the error.
    /// - Throws: the error that the API responds with.
    func authorize(_ token: AccessToken, for account: String, exists: Bool, path: String) throws(APIError) {
        let isIdentifier = account.utf8.count == 32 && account.utf8.allSatisfy(\.isHexadecimalDigit)
        guard isIdentifier else { throw .unroutable(path) }
        guard token.mayRead else { throw .missingPermission }
        guard exists, token.accounts?.contains(account) ?? true else { throw .foreignAccount }
    }
}
