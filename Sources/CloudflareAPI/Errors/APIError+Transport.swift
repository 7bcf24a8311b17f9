// SPDX-License-Identifier: Apache-2.0

import HTTPTransport

extension APIError {
    /// Makes an error for a request without a response.
    ///
    /// - Parameters:
    ///   - error: The transport's error.
    ///   - call: The request.
    init(_ error: TransportError, to call: APICall) {
        var text = error.description
        if text.hasSuffix(".") { text.removeLast() }
        self.init(
            reason: Reason(rawValue: error.reason.rawValue) ?? .other,
            endpoint: call.endpoint,
            path: call.path,
            detail: text
        )
    }
}
