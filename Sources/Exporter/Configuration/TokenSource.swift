// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport

/// Where an account's token comes from.
package enum TokenSource: Sendable, Hashable {
    /// A file that is read again when it changes.
    case file(path: String)
    /// The environment, which does not change.
    case literal(Credential)
}
