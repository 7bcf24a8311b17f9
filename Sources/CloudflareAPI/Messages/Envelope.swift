// SPDX-License-Identifier: Apache-2.0

/// The envelope of every response.
///
/// Source: Cloudflare API: `{"success": true, "errors": [], "messages": [], "result": …}`. `errors` and `messages` are
/// optional in the telemetry endpoints. A failure has no result, or a null one.
struct Envelope<Value: Decodable & Sendable>: Decodable, Sendable {
    /// The result, or `nil` if the API reports a failure.
    let result: Value?

    /// The first members of `errors`.
    let errors: [APIMessage]

    private enum Key: String, CodingKey { case success, errors, result }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        let list = try? fields.decode(LossyArray<APIMessage>.self, forKey: .errors)
        errors = Array((list?.elements ?? []).prefix(APIMessage.limit))
        // The result of a failure is not decoded, so it may have any form.
        result =
            try fields.decode(Bool.self, forKey: .success) ? fields.decode(Value.self, forKey: .result) : nil
    }
}

/// The envelope of a failure, of which only the errors are used.
struct FailureEnvelope: Decodable, Sendable {
    /// The first members of `errors`.
    let errors: [APIMessage]

    private enum Key: String, CodingKey { case errors }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: Key.self)
        errors = Array(
            try fields.decode(LossyArray<APIMessage>.self, forKey: .errors).elements.prefix(APIMessage.limit)
        )
    }
}
