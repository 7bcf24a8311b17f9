// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport

/// How many requests the API still answers.
///
/// Source: Cloudflare, "API rate limits": `Ratelimit: "default";r=50;t=30` and `Ratelimit-Policy: "burst";q=100;w=60`,
/// both lists of structured fields (RFC 9651, 3.1).
package struct RateLimit: Sendable, Hashable {
    /// The requests that are left in this window (`r`).
    package let remaining: Int?

    /// How long until the window ends (`t`).
    package let resetAfter: Duration?

    /// The requests of a whole window (`q`).
    package let quota: Int?

    /// How long a whole window is (`w`).
    package let window: Duration?

    /// Makes what the API would have said.
    package init(remaining: Int?, resetAfter: Duration?, quota: Int?, window: Duration?) {
        self.remaining = remaining
        self.resetAfter = resetAfter
        self.quota = quota
        self.window = window
    }

    /// Reads the fields of a response: of several limits the one that is closest.
    ///
    /// - Returns: `nil` where there is none, or where nothing of it can be read.
    package init?(_ response: HTTPResponse) {
        let limits = RateLimitItem.list(response.header("ratelimit") ?? "")
        let policies = RateLimitItem.list(response.header("ratelimit-policy") ?? "").filter {
            $0.parameters["q"] != nil
        }
        let closest = limits.filter { $0.parameters["r"] != nil }.min { left, right in
            (left.parameters["r"] ?? 0, -(left.parameters["t"] ?? 0))
                < (right.parameters["r"] ?? 0, -(right.parameters["t"] ?? 0))
        }
        // The policy of the same name; one that is alone is meant in any case.
        let policy =
            policies.first { $0.name == closest?.name } ?? (policies.count == 1 ? policies.first : nil)
        guard closest != nil || policy != nil else { return nil }
        remaining = closest?.parameters["r"]
        resetAfter = closest?.parameters["t"].map { .seconds($0) }
        quota = policy?.parameters["q"]
        window = policy?.parameters["w"].map { .seconds($0) }
    }
}
