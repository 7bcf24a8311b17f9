// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport

/// The source of an account's API token.
package enum TokenSource: Sendable, Hashable {
    /// A file, which is read again after it changes.
    case file(path: String)
    /// A token from the environment, which does not change.
    case literal(Credential)
}
