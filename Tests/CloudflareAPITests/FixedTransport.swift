// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Synchronization

/// A network that answers every request alike, and remembers them.
final class FixedTransport: HTTPTransport {
    private let result: Result<HTTPResponse, TransportError>
    private let asked = Mutex<[HTTPRequest]>([])

    init(_ result: Result<HTTPResponse, TransportError>) { self.result = result }

    convenience init(status: Int = 200, headers: [(name: String, value: String)] = [], body: String) {
        self.init(.success(HTTPResponse(status: status, headers: headers, body: Array(body.utf8))))
    }

    /// What was asked, in this order.
    var requests: [HTTPRequest] { asked.withLock { $0 } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        asked.withLock { $0.append(request) }
        return try result.get()
    }
}
