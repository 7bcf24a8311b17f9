// SPDX-License-Identifier: Apache-2.0

/// The version of HTTP that a client speaks; a minor version above 1.1 counts as 1.1.
///
/// Source: RFC 9110, 2.5.
package enum HTTPVersion: Sendable, Hashable {
    /// Connections close after each response unless the client asks otherwise.
    case http10
    /// Connections persist unless the client asks otherwise.
    case http11
}
