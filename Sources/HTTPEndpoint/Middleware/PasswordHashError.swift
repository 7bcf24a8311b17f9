// SPDX-License-Identifier: Apache-2.0

/// An invalid password hash.
///
/// The error contains no part of the text.
package enum PasswordHashError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The text does not have the format of a bcrypt hash.
    case malformed
    case cost(Int)

    package var description: String {
        switch self {
        case .malformed: "is not a bcrypt hash; make one with: htpasswd -nBC 10 \"\" | tr -d ':\\n'"
        case .cost(let cost):
            "has the cost \(cost); use a cost between \(Bcrypt.costs.lowerBound) and \(Bcrypt.costs.upperBound)"
        }
    }
}
