// SPDX-License-Identifier: Apache-2.0

/// What every answer of the API is wrapped in.
///
/// Source: Cloudflare API: `{"success": true, "errors": [], "messages": [], "result": …}`; `errors` and `messages` are
/// optional in the telemetry endpoints, and a failure has no result or a null one.
struct Envelope<Value: Decodable & Sendable>: Decodable, Sendable {
    /// `nil` where the API says that it has failed.
    let result: Value?

    /// What it says beside; the first few.
    let errors: [APIMessage]

    private enum Key: String, CodingKey { case success, errors, result }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        let list = try? fields.decode(LossyArray<APIMessage>.self, forKey: .errors)
        errors = Array((list?.elements ?? []).prefix(APIMessage.limit))
        // Only a success has a result that must be right.
        result =
            try fields.decode(Bool.self, forKey: .success) ? fields.decode(Value.self, forKey: .result) : nil
    }
}

/// The envelope of an answer that has failed in whatever way: only what it says is of interest.
struct FailureEnvelope: Decodable, Sendable {
    /// What it says; the first few.
    let errors: [APIMessage]

    private enum Key: String, CodingKey { case errors }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        errors = Array(
            try fields.decode(LossyArray<APIMessage>.self, forKey: .errors).elements.prefix(APIMessage.limit)
        )
    }
}
