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
    func setBody(_ body: [UInt8], of response: inout Response) {
        response.headers.append(("Vary", "Accept-Encoding"))
        guard isGzip, body.count > Self.minimumSize else {
            response.body = [body]
            return
        }
        let segment = Segment(plain: body, compressor: Compressor())
        let encoded = PreparedBody(segments: [segment]).gzip(tail: [])
        response.headers.append(("Content-Encoding", "gzip"))
        response.body = ResponseBody(sharing: encoded.shared, of: encoded.sharedCount, end: encoded.tail)
    }
}
