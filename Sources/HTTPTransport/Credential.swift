// SPDX-License-Identifier: Apache-2.0

/// An API token, which no description, dump or log line ever shows.
package struct Credential: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let secret: String

    /// Takes a token as it stands in a file or in the environment; white space around it is not part of it.
    ///
    /// It is `nil` where nothing is left, or where a byte could not stand in an HTTP header (RFC 9110, 5.5).
    package init?(_ secret: String) {
        var bytes = Array(secret.utf8)[...]
        while let last = bytes.last, last == 0x20 || (0x09...0x0d).contains(last) { bytes.removeLast() }
        while let first = bytes.first, first == 0x20 || (0x09...0x0d).contains(first) { bytes.removeFirst() }
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else { return nil }
        self.secret = String(decoding: bytes, as: UTF8.self)
    }

    /// The value of the `Authorization` header: the only place where the token leaves this type (RFC 6750, 2.1).
    package var authorization: String { "Bearer \(secret)" }

    package var description: String { "‹redacted›" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
