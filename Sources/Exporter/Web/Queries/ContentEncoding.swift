// SPDX-License-Identifier: Apache-2.0

import Exposition
import HTTPEndpoint

/// The content coding of a response: gzip if the client accepts it.
struct ContentEncoding: Sendable {
    /// Shorter bodies are not compressed, because they fit into one packet.
    private static let minimumSize = 1400

    private let isGzip: Bool

    init(_ request: Request) { isGzip = Negotiation.acceptsGzip(request.headers.joined("accept-encoding")) }

    /// Sets the body of a response, with the fields that describe its coding.
    ///
    /// - Parameters:
    ///   - body: the body without coding.
    ///   - packed: the body with gzip; by default it is compressed, which takes milliseconds.
    ///   - response: the response.
    func setBody(
        _ body: [UInt8],
        packed: @autoclosure () -> ResponseBody? = nil,
        of response: inout Response
    ) {
        response.headers.append(("Vary", "Accept-Encoding"))
        guard isGzip, body.count > Self.minimumSize else {
            response.body = [body]
            return
        }
        response.headers.append(("Content-Encoding", "gzip"))
        response.body = packed() ?? Self.gzip(body)
    }

    /// Returns a body with gzip.
    static func gzip(_ body: [UInt8]) -> ResponseBody {
        let segment = Segment(plain: body, compressor: Compressor())
        let encoded = PreparedBody(segments: [segment]).gzip(tail: [])
        return ResponseBody(sharing: encoded.shared, of: encoded.sharedCount, end: encoded.tail)
    }
}
