// SPDX-License-Identifier: Apache-2.0

/// Why a text is not a password's hash, without the text.
package enum PasswordHashError: Error, Sendable, Hashable, CustomStringConvertible {
    /// It does not have the form of one.
    case malformed
    /// It asks for an amount of work that there is not.
    case cost(Int)

    package var description: String {
        switch self {
        case .malformed: "is not a bcrypt hash; make one with: htpasswd -nBC 10 \"\" | tr -d ':\\n'"
        case .cost(let cost):
            "has the cost \(cost); bcrypt knows \(Bcrypt.costs.lowerBound) to \(Bcrypt.costs.upperBound)"
        }
    }
}
