// SPDX-License-Identifier: Apache-2.0

/// An answer, with what the API says beside it.
package struct APIReply<Value: Sendable>: Sendable {
    /// What was asked for.
    package let value: Value

    /// How many requests are left, `nil` where the API does not say.
    package let rateLimit: RateLimit?

    /// The status code, from 200 to 299.
    package let status: Int

    /// When the API gave it, by its own clock, in seconds since the Unix epoch; `nil` where it does not say.
    ///
    /// Source: RFC 9110, 6.6.1, `Date`.
    package let servedAt: Double?

    /// Errors that the API mentions although it has succeeded.
    package let notices: [APIMessage]

    /// Makes an answer as the client would give it.
    package init(
        value: Value,
        rateLimit: RateLimit? = nil,
        status: Int = 200,
        servedAt: Double? = nil,
        notices: [APIMessage] = []
    ) {
        self.value = value
        self.rateLimit = rateLimit
        self.status = status
        self.servedAt = servedAt
        self.notices = notices
    }
}
