// SPDX-License-Identifier: Apache-2.0

/// The reason why a request has no result.
///
/// It contains no token. Text from a server is cut to a bounded length and loses its control characters.
package struct APIError: Error, Sendable, Hashable {
    /// The class of the failure.
    ///
    /// It decides about the next attempt and is a label of metrics.
    package let reason: Reason

    /// The endpoint that was called.
    package let endpoint: APIEndpoint

    /// The status code, or `nil` if there was no response.
    package let status: Int?

    /// The `errors` of the response.
    package let codes: [APIMessage]

    /// The value of `Retry-After`, or `nil` if the response has none.
    package let retryAfter: Duration?

    /// The number of requests left, or `nil` if the response does not contain it.
    package let rateLimit: RateLimit?

    /// The path below the base URL, without the query.
    let path: String

    /// More about the problem, as the end of a sentence; may be empty.
    let detail: String

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - reason: The class of the failure.
    ///   - endpoint: The endpoint that was called.
    ///   - path: The path below the base URL, without the query.
    ///   - status: The status code, if there was a response.
    ///   - codes: The `errors` of the response.
    ///   - retryAfter: The value of `Retry-After`.
    ///   - rateLimit: The number of requests left.
    ///   - detail: More about the problem, without a period.
    package init(
        reason: Reason,
        endpoint: APIEndpoint,
        path: String = "",
        status: Int? = nil,
        codes: [APIMessage] = [],
        retryAfter: Duration? = nil,
        rateLimit: RateLimit? = nil,
        detail: String = ""
    ) {
        self.reason = reason
        self.endpoint = endpoint
        self.path = path
        self.status = status
        self.codes = codes
        self.retryAfter = retryAfter
        self.rateLimit = rateLimit
        self.detail = detail
    }
}
