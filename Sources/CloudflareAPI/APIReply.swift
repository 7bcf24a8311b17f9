// SPDX-License-Identifier: Apache-2.0

/// An answer, with what the API says beside it.
package struct APIReply<Value: Sendable>: Sendable {
    /// What was asked for.
    package let value: Value

    /// How many requests are left, `nil` where the API does not say.
    package let rateLimit: RateLimit?

    /// The status code, from 200 to 299.
    package let status: Int

    /// Errors that the API mentions although it has succeeded.
    package let notices: [APIMessage]

    /// Makes an answer as the client would give it.
    package init(value: Value, rateLimit: RateLimit? = nil, status: Int = 200, notices: [APIMessage] = []) {
        self.value = value
        self.rateLimit = rateLimit
        self.status = status
        self.notices = notices
    }
}
