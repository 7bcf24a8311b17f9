// SPDX-License-Identifier: Apache-2.0

/// Renders connectors and events as the JSON of Cloudflare's API.
struct APIRenderer {
    var options = RenderingOptions()

    /// Renders a result in Cloudflare's envelope.
    ///
    /// Source: Cloudflare, api-schemas, `common.yaml`.
    ///
    /// - Parameters:
    ///   - capacity: the approximate size of the result, in bytes.
    ///   - write: appends the result.
    /// - Returns: a response with status 200.
    func envelope(capacity: Int, _ write: (inout JSONWriter) -> Void) -> SimulatedResponse {
        var json = JSONWriter(capacity: capacity + 256, style: options.numberStyle)
        json.object { json in
            json.key("result")
            write(&json)
            json.field("success", true)
            if options.hasInvalidUTF8 {
                json.field("errors", raw: "[]")
                json.key("messages")
                json.raw(
                    Array(#"[{"code":1000,"message":""#.utf8) + [0xc3, 0x28, 0xff, 0xfe] + Array(#""}]"#.utf8)
                )
            } else if !options.omitsOptionalFields {
                json.field("errors", raw: "[]")
                json.field("messages", raw: "[]")
            }
            if options.hasExtraFields {
                json.field("result_info", raw: #"{"page":1,"per_page":null}"#)
                json.field("trace", raw: "[1,[],{}]")
                json.field("ray", raw: #""\u00e9\ud83d\ude00""#)
            }
            if options.hasDeepJSON {
                json.key("deep")
                let depth = 100_000
                json.raw([UInt8](repeating: 0x5b, count: depth) + [UInt8](repeating: 0x5d, count: depth))
            }
        }
        return .json(200, json.bytes)
    }
}
