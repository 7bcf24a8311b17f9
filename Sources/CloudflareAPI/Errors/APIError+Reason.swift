// SPDX-License-Identifier: Apache-2.0

extension APIError {
    /// The class of a failure; the raw value is the label of the exporter's own metrics.
    ///
    /// The transport's reasons keep their names.
    package struct Reason: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }
        private init(_ rawValue: String) { self.rawValue = rawValue }

        package var description: String { rawValue }

        /// The token is not accepted.
        package static let unauthorized = Reason("unauthorized")
        /// The token is accepted, but not for this.
        package static let forbidden = Reason("forbidden")
        /// There is no such account, connector or event.
        package static let notFound = Reason("not_found")
        /// Too many requests: every further one makes it worse.
        package static let rateLimited = Reason("rate_limited")
        /// The API has failed.
        package static let serverError = Reason("server_error")
        /// The API does not understand the request.
        package static let badRequest = Reason("bad_request")
        /// The answer is not what was agreed.
        package static let malformed = Reason("malformed")
        /// The API has refused with a status that says success.
        package static let rejected = Reason("rejected")
        /// The API is elsewhere: no redirect is followed.
        package static let redirect = Reason("redirect")

        /// Too slow: to connect, to answer, or to go on.
        package static let timeout = Reason("timeout")
        /// Nobody listens, or the network is down.
        package static let connect = Reason("connect")
        /// The name has no address.
        package static let resolve = Reason("resolve")
        /// The certificate or the handshake was not accepted.
        package static let tls = Reason("tls")
        /// The connection ended before the answer did.
        package static let interrupted = Reason("interrupted")
        /// The answer is larger than any should be.
        package static let tooLarge = Reason("too_large")
        /// The question is not one that may be asked.
        package static let refused = Reason("refused")
        /// The caller no longer wants the answer.
        package static let cancelled = Reason("cancelled")
        /// Anything else.
        package static let other = Reason("other")

        /// Every class, in the order of the exporter's documentation.
        package static let all: [Reason] = [
            .unauthorized, .forbidden, .notFound, .rateLimited, .serverError, .badRequest, .malformed,
            .rejected,
            .redirect, .timeout, .connect, .resolve, .tls, .interrupted, .tooLarge, .refused, .cancelled,
            .other,
        ]
    }
}

extension APIError.Reason {
    /// The codes by which Cloudflare refuses a token, whatever the status: an invalid one, one of a wrong form, one
    /// that is missing, one that is used from a wrong address.
    ///
    /// Source: none is official; seen in public clients and issues with the statuses 400, 401 and 403.
    private static let tokenCodes: Set<Int> = [1000, 6003, 9103, 9106, 9109, 10000]

    /// "Please wait and consider throttling your request speed", seen with other statuses than 429.
    private static let throttlingCode = 971

    /// The class of an answer that is a failure.
    ///
    /// - Parameters:
    ///   - status: the status code.
    ///   - codes: what the API says in it.
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
