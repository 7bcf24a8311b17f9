// SPDX-License-Identifier: Apache-2.0

/// Why a question has no answer.
///
/// It holds no token, and of what a server says only printable text of a bounded length.
package struct APIError: Error, Sendable, Hashable {
    /// The class of the failure: what a poll reports and what decides about the next attempt.
    package let reason: Reason

    /// The question.
    package let endpoint: APIEndpoint

    /// The status code, `nil` where there was no response.
    package let status: Int?

    /// What the API says, in its own codes.
    package let codes: [APIMessage]

    /// How long the API asks to be left alone.
    package let retryAfter: Duration?

    /// How many requests are left, `nil` where the API does not say.
    package let rateLimit: RateLimit?

    /// The path below the base URL, without the query.
    let path: String

    /// What else is to be said, as the end of a sentence; empty where codes and status say it all.
    let detail: String

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - reason: the class of the failure.
    ///   - endpoint: the question.
    ///   - path: the path below the base URL, without the query.
    ///   - status: the status code, where there was a response.
    ///   - codes: what the API says.
    ///   - retryAfter: how long it asks to be left alone.
    ///   - rateLimit: how many requests are left.
    ///   - detail: what else is to be said, without a full stop.
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
