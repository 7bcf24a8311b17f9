// SPDX-License-Identifier: Apache-2.0

/// The HTTP version of a request.
///
/// A minor version above 1.1 counts as 1.1.
///
/// Source: RFC 9110, 2.5.
package enum HTTPVersion: Sendable, Hashable {
    /// Connections close after each response unless the client asks for keep-alive.
    case http10
    /// Connections persist unless the client asks for close.
    case http11
}
