// SPDX-License-Identifier: Apache-2.0

/// An error response of the API.
///
/// The codes and texts of the gateway are those seen in public, because there is no official table. The codes of the
/// telemetry endpoints (1001, 1002) are invented, because none are published; clients must use the status.
struct APIError: Error, Sendable, Hashable {
    let status: Int
    let code: Int
    let message: String
    /// The cause, which is listed in `error_chain`.
    var cause: Cause?

    /// An element of `error_chain`.
    struct Cause: Sendable, Hashable {
        let code: Int
        let message: String
    }

    /// The token is missing or unknown.
    static let unauthenticated = APIError(status: 401, code: 10_000, message: "Authentication error")
    /// The token does not have the permission "Magic WAN Read".
    static let missingPermission = APIError(status: 403, code: 10_000, message: "Authentication error")
    static let revoked = APIError(status: 403, code: 9109, message: "Invalid access token")
    /// The token has another owner than the path.
    static let invalidToken = APIError(status: 401, code: 1000, message: "Invalid API Token")
    /// The token belongs to another account.
    static let foreignAccount = APIError(
        status: 403,
        code: 9109,
        message: "Unauthorized to access requested resource"
    )
    /// The `Authorization` field is malformed.
    static let malformedAuthorization = APIError(
        status: 400,
        code: 6003,
        message: "Invalid request headers",
        cause: Cause(code: 6111, message: "Invalid format for Authorization header")
    )
    static let connectorNotFound = APIError(status: 404, code: 1002, message: "connector not found")
    static let eventNotFound = APIError(status: 404, code: 1002, message: "event not found")
    static let snapshotNotFound = APIError(status: 404, code: 1002, message: "snapshot not found")
    static let methodNotAllowed = APIError(status: 405, code: 10_405, message: "Method not allowed")

    /// The path does not exist, or its account is not an identifier.
    static func unroutable(_ path: String) -> APIError {
        APIError(
            status: 404,
            code: 7003,
            message: "Could not route to \(path), perhaps your object identifier is invalid?"
        )
    }

    /// A parameter is invalid.
    static func badRequest(_ message: String) -> APIError {
        APIError(status: 400, code: 1001, message: message)
    }

    /// The token has exceeded its limit.
    static func throttled(limit: Int, window: Double) -> APIError {
        APIError(
            status: 429,
            code: 10_100,
            message: "More than \(limit) requests per \(Int(window)) seconds reached. "
                + "Please wait and consider throttling your request speed"
        )
    }

    /// Renders the error in the API's envelope.
    ///
    /// - Parameter hasResult: whether `result` is present, as null; errors of the telemetry endpoints omit it.
    /// - Returns: a response with the error's status.
    func response(hasResult: Bool) -> SimulatedResponse {
        let body = JSONWriter.object { json in
            if hasResult { json.field("result", raw: "null") }
            json.field("success", false)
            json.array("errors") { json in
                json.object { json in
                    json.field("code", code)
                    json.field("message", message)
                    guard let cause else { return }
                    json.array("error_chain") { json in
                        json.object { json in
                            json.field("code", cause.code)
                            json.field("message", cause.message)
                        }
                    }
                }
            }
            json.field("messages", raw: "[]")
        }
        var response = SimulatedResponse.json(status, body)
        if status == 405 { response.headers.append(("Allow", "GET, HEAD")) }
        return response
    }
}
