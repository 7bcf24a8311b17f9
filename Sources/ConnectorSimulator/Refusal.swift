// SPDX-License-Identifier: Apache-2.0

/// Why the API does not give what was asked for.
///
/// Codes and texts of the gateway are those seen in public; there is no official table. Those of the telemetry
/// endpoints (1001, 1002) are published nowhere and made up, which clients survive by going by the status.
struct Refusal: Error, Sendable, Hashable {
    let status: Int
    let code: Int
    let message: String
    /// A cause within the error, `error_chain`.
    var chain: Chain?

    /// One link of an `error_chain`.
    struct Chain: Sendable, Hashable {
        let code: Int
        let message: String
    }

    /// No token, or one that nobody knows.
    static let unauthenticated = Refusal(status: 401, code: 10_000, message: "Authentication error")
    /// A token without the permission "Magic WAN Read".
    static let unpermitted = Refusal(status: 403, code: 10_000, message: "Authentication error")
    /// A token that was revoked.
    static let revoked = Refusal(status: 403, code: 9109, message: "Invalid access token")
    /// A token of another account.
    static let foreignAccount = Refusal(
        status: 403,
        code: 9109,
        message: "Unauthorized to access requested resource"
    )
    /// An `Authorization` that is not one.
    static let malformedAuthorization = Refusal(
        status: 400,
        code: 6003,
        message: "Invalid request headers",
        chain: Chain(code: 6111, message: "Invalid format for Authorization header")
    )
    static let connectorNotFound = Refusal(status: 404, code: 1002, message: "connector not found")
    static let eventNotFound = Refusal(status: 404, code: 1002, message: "event not found")
    static let methodNotAllowed = Refusal(status: 405, code: 10_405, message: "Method not allowed")

    /// No such path, or an account that cannot be one.
    static func unroutable(_ path: String) -> Refusal {
        Refusal(
            status: 404,
            code: 7003,
            message: "Could not route to \(path), perhaps your object identifier is invalid?"
        )
    }

    /// A parameter that cannot be read.
    static func badRequest(_ message: String) -> Refusal {
        Refusal(status: 400, code: 1001, message: message)
    }

    /// More requests than the limit allows.
    static func throttled(limit: Int, window: Double) -> Refusal {
        Refusal(
            status: 429,
            code: 10_100,
            message: "More than \(limit) requests per \(Int(window)) seconds reached. "
                + "Please wait and consider throttling your request speed"
        )
    }

    /// The refusal in the API's envelope.
    ///
    /// - Parameter hasResult: whether `result` is there, as null; errors of the telemetry endpoints have none.
    /// - Returns: an answer of the refusal's status.
    func answer(hasResult: Bool) -> Answer {
        var json = JSONWriter()
        json.raw(
            hasResult
                ? "{\"result\":null,\"success\":false,\"errors\":[{\"code\":"
                : "{\"success\":false,\"errors\":[{\"code\":"
        )
        json.integer(code)
        json.raw(",\"message\":")
        json.string(message)
        if let chain {
            json.raw(",\"error_chain\":[{\"code\":")
            json.integer(chain.code)
            json.raw(",\"message\":")
            json.string(chain.message)
            json.raw("}]")
        }
        json.raw("}],\"messages\":[]}")
        var answer = Answer.json(status, json.bytes)
        if status == 405 { answer.headers.append(("Allow", "GET, HEAD")) }
        return answer
    }
}
