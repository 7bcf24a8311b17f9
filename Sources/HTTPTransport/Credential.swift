// SPDX-License-Identifier: Apache-2.0

/// An API token, whose description, dump and mirror are redacted.
package struct Credential: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let secret: String

    /// Creates a credential from the content of a file or an environment variable.
    ///
    /// White space at both ends is removed.
    ///
    /// - Returns: `nil` if the token is empty, or if it contains a byte that an HTTP header must not contain.
    ///
    /// Source: RFC 9110, 5.5.
    package init?(_ secret: String) {
        var bytes = Array(secret.utf8)[...]
        while let last = bytes.last, last == 0x20 || (0x09...0x0d).contains(last) { bytes.removeLast() }
        while let first = bytes.first, first == 0x20 || (0x09...0x0d).contains(first) { bytes.removeFirst() }
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
        self.secret = String(decoding: bytes, as: UTF8.self)
    }

    /// The value of the `Authorization` header, the only property that contains the token (RFC 6750, 2.1).
    package var authorization: String { "Bearer \(secret)" }

    package var description: String { "‹redacted›" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
