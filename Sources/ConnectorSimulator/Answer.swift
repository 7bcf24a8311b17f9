// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint

/// What a request is answered with, and how it leaves.
struct Answer: Sendable {
    var status = 200
    var headers: [(name: String, value: String)] = []
    var body: [UInt8] = []
    var delivery = Delivery.whole
    var delay = Duration.zero

    /// An answer of JSON.
    static func json(_ status: Int = 200, _ body: [UInt8]) -> Answer {
        Answer(status: status, headers: [("Content-Type", "application/json")], body: body)
    }

    /// An answer of a web page, as a proxy in between gives it.
    static func html(_ status: Int) -> Answer {
        let page =
            "<!DOCTYPE html>\n<html><head><title>\(status)</title></head><body>cloudflare</body></html>\n"
        return Answer(
            status: status,
            headers: [("Content-Type", "text/html; charset=UTF-8")],
            body: Array(page.utf8)
        )
    }

    /// The answer as the endpoint takes it.
    var response: Response {
        Response(status: status, headers: headers, body: body.isEmpty ? [] : [body], delivery: delivery)
    }
}
