// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import WireText

extension Response {
    private struct Failure: Encodable {
        let error: String
    }

    /// Returns the page of a list as JSON.
    ///
    /// - Parameters:
    ///   - page: the page.
    ///   - next: the target of the next page; `nil` if this is the last one.
    ///   - encoding: the encoding that the client accepts.
    /// - Returns: the response.
    static func api(_ page: some Encodable, next: String?, _ encoding: ContentEncoding) -> Response {
        guard let body = try? JSONLine.encode(page) else {
            return apiError(500, "The page cannot be encoded.")
        }
        var response = Response(status: 200, headers: jsonHeaders)
        // Source: RFC 8288.
        if let next { response.headers.append(("Link", "<\(next)>; rel=\"next\"")) }
        encoding.setBody(body + [0x0a], of: &response)
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
    func target(_ path: String, cursor: String?) -> String {
        let others = names.filter { $0 != "cursor" }.map { "\($0)=\((self[$0] ?? "").percentEncoded)" }
        let query = others + (cursor.map { ["cursor=\($0.percentEncoded)"] } ?? [])
        return query.isEmpty ? path : "\(path)?\(query.joined(separator: "&"))"
    }
}
