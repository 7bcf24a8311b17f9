// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Synchronization

/// A transport that gives every request the same response, and records the requests.
final class FixedTransport: HTTPTransport {
    private let result: Result<HTTPResponse, TransportError>
    private let received = Mutex<[HTTPRequest]>([])

    init(_ result: Result<HTTPResponse, TransportError>) { self.result = result }

    convenience init(status: Int = 200, headers: [(name: String, value: String)] = [], body: String) {
        self.init(.success(HTTPResponse(status: status, headers: headers, body: Array(body.utf8))))
    }

    /// The requests, in order.
    var requests: [HTTPRequest] { received.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        received.withLock { $0.append(request) }
        return try result.get()
    }
}
