// SPDX-License-Identifier: Apache-2.0

import HTTPTransport

extension APIError {
    /// Makes an error of a question that has got no response.
    ///
    /// - Parameters:
    ///   - error: the transport's.
    ///   - question: what was asked.
    init(_ error: TransportError, to question: APICall) {
        var text = error.description
        if text.hasSuffix(".") { text.removeLast() }
        self.init(
            reason: Reason(rawValue: error.reason.rawValue),
            endpoint: question.endpoint,
            path: question.path,
            detail: text
        )
    }
}
