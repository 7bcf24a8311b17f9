// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint

extension Request {
    /// Whether a browser sent the request for a page of another site.
    ///
    /// Programs other than browsers send neither field.
    ///
    /// Source: Fetch Metadata Request Headers, 2.3; RFC 6454, 7.
    var isCrossSite: Bool {
        let isForeignFetch = headers.all("sec-fetch-site").contains { !["same-origin", "none"].contains($0) }
        let host = headers.first("host")?.lowercased()
        let isForeignOrigin = headers.all("origin").contains { origin in
            guard let host, let scheme = origin.firstRange(of: "://") else { return true }
            return origin[scheme.upperBound...].lowercased() != host
        }
        return isForeignFetch || isForeignOrigin
    }
}
