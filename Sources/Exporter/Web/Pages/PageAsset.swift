// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import Polling

/// A file that pages refer to: the style sheet, the script or the icon.
struct PageAsset: Sendable {
    let path: String
    private let contentType: String
    private let body: [UInt8]

    /// The body with gzip, which is compressed once, because the endpoint thread must not wait for it.
    private let packed: ResponseBody

    /// The hash of the content, which the address contains, so that browsers never use the file of another build.
    private let version: String

    private init(_ path: String, _ contentType: String, _ text: String) {
        self.path = path
        self.contentType = contentType
        body = Array(text.utf8)
        packed = ContentEncoding.gzip(body)
        version = String(StableHash.of(text), radix: 16)
    }

    static let style = PageAsset("/assets/pages.css", "text/css; charset=utf-8", PageStyle.sheet)
    static let script = PageAsset("/assets/pages.js", "text/javascript; charset=utf-8", PageScript.source)
    static let icon = PageAsset("/assets/icon.svg", "image/svg+xml", PageIcon.source)
    static let all = [style, script, icon]

    /// The address with the version.
    var address: String { "\(path)?v=\(version)" }

    /// Responds with the file.
    ///
    /// Browsers store it if the request names the current version.
    func handle(_ request: Request, _ responder: Responder) {
        let isCurrent = request.queryValue("v") == version
        var response = Response(
            status: 200,
            headers: [
                ("Content-Type", contentType), ("X-Content-Type-Options", "nosniff"),
                ("Cache-Control", isCurrent ? "max-age=31536000, immutable" : "no-cache"),
            ]
        )
        ContentEncoding(request).setBody(body, packed: packed, of: &response)
        responder.send(response)
    }
}
