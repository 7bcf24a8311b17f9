// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import LinuxSystem

/// The expiry of an account's token, which is checked from time to time.
struct TokenExpiry {
    /// Seconds between two checks.
    private static let interval = 3600.0

    /// When the token expires; `nil` if it does not, or if Cloudflare did not say.
    private(set) var time: Timestamp?

    private var due = Uptime(seconds: 0)

    /// Whether the expiry must be checked.
    func isDue(at now: Uptime) -> Bool { due <= now }

    /// Requests a check, because the token was replaced.
    mutating func expire() {
        time = nil
        due = Uptime(seconds: 0)
    }

    /// Records the result of a check.
    mutating func update(_ time: Timestamp?, at now: Uptime) {
        self.time = time
        due = now + Self.interval
    }
}
