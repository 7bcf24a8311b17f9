// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import WireText

extension Response {
    private struct Failure: Encodable {
        let error: String
    }

    /// The number of items between two checks for cancellation.
    private static let itemsPerCheck = 8

    /// Returns the page of a list as JSON.
    ///
    /// - Parameters:
    ///   - items: the items.
    ///   - name: the key of the items.
    ///   - next: the cursor of the next page; `nil` if this is the last one.
    ///   - path: the path of the list.
    ///   - parameters: the parameters of the request, for the address of the next page.
    ///   - encoding: the encoding that the client accepts.
    ///   - isCancelled: called at times; if it returns `true`, the response is not needed.
    /// - Returns: the response.
    static func api(
        _ items: [some Encodable],
        named name: String,
        next: String?,
        path: String,
        _ parameters: QueryParameters,
        _ encoding: ContentEncoding,
        isCancelled: () -> Bool
    ) -> Response {
        var body = Array("{\"\(name)\":[".utf8)
        for (index, item) in items.enumerated() {
            if index % itemsPerCheck == 0, isCancelled() { break }
            guard let json = try? JSONLine.encode(item) else {
                return apiError(500, "The page cannot be encoded.")
            }
            if index > 0 { body.append(UInt8(ascii: ",")) }
            body += json
        }
        body += Array("],\"next\":\(next.map(PrintableText.quoted) ?? "null")}\n".utf8)
        var response = Response(status: 200, headers: jsonHeaders)
        // Source: RFC 8288.
        if let next {
            let target = parameters.target(path, cursor: next)
            response.headers.append(("Link", "<\(target)>; rel=\"next\""))
        }
        encoding.setBody(body, of: &response)
        return response
    }

    /// Returns an error as JSON.
    static func apiError(_ status: Int, _ message: String) -> Response {
        let body = (try? JSONLine.encode(Failure(error: message))) ?? Array("{}".utf8)
        return Response(status: status, headers: jsonHeaders, body: [body + [0x0a]])
    }

    private static let jsonHeaders = [
        ("Content-Type", "application/json"), ("X-Content-Type-Options", "nosniff"),
        ("Cache-Control", "no-store"),
    ]
}

extension QueryParameters {
    /// The maximum number of items of a page: 1 to 1000.
    var pageLimit: Int {
        get throws(QueryError) { try integer("limit", in: 1...1000, default: 100) }
    }

    /// Returns the target of the page after a cursor, with the other parameters unchanged.
    func target(_ path: String, cursor: String) -> String {
        let others = names.filter { $0 != "cursor" }.map { "\($0)=\((self[$0] ?? "").percentEncoded)" }
        let query = others + ["cursor=\(cursor.percentEncoded)"]
        return "\(path)?\(query.joined(separator: "&"))"
    }
}
