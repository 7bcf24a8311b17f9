// SPDX-License-Identifier: Apache-2.0

/// The result of a successful request, with the response headers that polling uses.
package struct APIReply<Value: Sendable>: Sendable {
    /// The decoded result.
    package let value: Value

    /// The number of requests left, or `nil` if the response does not contain it.
    package let rateLimit: RateLimit?

    /// The status code, from 200 to 299.
    package let status: Int

    /// When the response was made, by the API's clock, in seconds since the Unix epoch; `nil` without a `Date` header.
    ///
    /// Source: RFC 9110, 6.6.1.
    package let servedAt: Double?

    /// Makes a reply.
    package init(value: Value, rateLimit: RateLimit? = nil, status: Int = 200, servedAt: Double? = nil) {
        self.value = value
        self.rateLimit = rateLimit
        self.status = status
        self.servedAt = servedAt
    }
}
