// SPDX-License-Identifier: Apache-2.0

package import HTTPEndpoint

/// The identity of a scraper: its address without the port, and its `User-Agent`.
///
/// Only a hash is stored, because a client may send a long field.
package struct Scraper: Sendable, Hashable {
    private let hash: Int

    /// Creates the identity of the sender of a request.
    package init(_ request: Request) {
        let address = request.peer.lastIndex(of: ":").map { request.peer[..<$0] } ?? request.peer[...]
        var hasher = Hasher()
        hasher.combine(address)
        hasher.combine(request.headers.first("user-agent"))
        hash = hasher.finalize()
    }
}
