// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint

extension Response {
    /// Returns a response with status 503 that asks the client to try again after a second.
    static func busy(_ message: String) -> Response {
        var response = Response.text(503, message)
        response.headers.append(("Retry-After", "1"))
        return response
    }
}
