// SPDX-License-Identifier: Apache-2.0

extension APIError {
    /// The class of a failure; the raw value is a label value of the exporter's own metrics.
    ///
    /// The transport's reasons keep their names.
    package enum Reason: String, Sendable, Hashable, CaseIterable {
        /// The API does not accept the token.
        case unauthorized
        /// The token lacks the permission for this request.
        case forbidden
        /// The account, the connector or the event does not exist.
        case notFound = "not_found"
        /// The token has sent too many requests; each further request prolongs the block.
        case rateLimited = "rate_limited"
        case serverError = "server_error"
        /// The API rejected the request as malformed.
        case badRequest = "bad_request"
        /// The response does not have the documented form.
        case malformed
        /// The API reported a failure with a status of success.
        case rejected
        /// The API answered with a redirect, which is not followed.
        case redirect

        /// The connection, the response, or a part of it took too long.
        case timeout
        /// The server refused the connection, or the network is down.
        case connect
        /// The host name has no address.
        case resolve
        /// The TLS handshake failed, or the certificate was not accepted.
        case tls
        /// The connection closed before the response was complete.
        case interrupted
        /// The response exceeds the size limit.
        case tooLarge = "too_large"
        case refused
        /// The caller cancelled the request.
        case cancelled
        case other
    }
}

extension APIError.Reason {
    /// The codes with which Cloudflare rejects a token, whatever the status.
    ///
    /// They stand for an invalid token, a malformed one, a missing one, and one used from an address outside its filter.
    ///
    /// Source: no official one; seen in public clients and issues with the statuses 400, 401 and 403.
    private static let tokenCodes: Set<Int> = [1000, 6003, 9103, 9106, 9109, 10000]

    /// "Please wait and consider throttling your request speed", also seen with other statuses than 429.
    private static let throttlingCode = 971

    /// Classifies a response that is a failure.
    ///
    /// - Parameters:
    ///   - status: The status code.
    ///   - codes: The `errors` of the response.
    init(status: Int, codes: [APIMessage]) {
        if status == 429 || codes.contains(where: { $0.code == Self.throttlingCode }) {
            self = .rateLimited
            return
        }
        self =
            switch status {
            case 200..<300: .rejected
            case 300..<400: .redirect
            case 401: .unauthorized
            case 403: .forbidden
            case 404: .notFound
            case 400 where codes.contains { Self.tokenCodes.contains($0.code) }: .unauthorized
            case 400..<500: .badRequest
            case 500..<600: .serverError
            default: .malformed
            }
    }
}
