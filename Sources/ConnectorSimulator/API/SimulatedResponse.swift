// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint

/// A response to a request, and how it travels.
package struct SimulatedResponse: Sendable {
    package var status = 200
    package var headers: [(name: String, value: String)] = []
    package var body: [UInt8] = []
    package var wire = WireInstruction()

    static func json(_ status: Int = 200, _ body: [UInt8]) -> SimulatedResponse {
        SimulatedResponse(status: status, headers: [("Content-Type", "application/json")], body: body)
    }

    /// Returns a response with a web page, like that of a proxy.
    static func html(_ status: Int) -> SimulatedResponse {
        let page =
            "<!DOCTYPE html>\n<html><head><title>\(status)</title></head><body>cloudflare</body></html>\n"
        return SimulatedResponse(
            status: status,
            headers: [("Content-Type", "text/html; charset=UTF-8")],
            body: Array(page.utf8)
        )
    }

    /// The response as an HTTP response, with the instruction for the relay among its header fields.
    ///
    /// - Parameter method: the request's method.
    /// - Returns: a response for the relay, not for a client.
    func response(to method: String) -> Response {
        var instruction = wire
        instruction.hasNoBody = method == "HEAD"
        var headers = headers
        headers.removeAll { $0.name.lowercased() == WireInstruction.headerName.lowercased() }
        if let value = instruction.headerValue { headers.append((WireInstruction.headerName, value)) }
        return Response(status: status, headers: headers, body: body.isEmpty ? [] : [body])
    }
}
