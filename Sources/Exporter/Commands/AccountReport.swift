// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// The findings of a check of one account.
package struct AccountReport: Sendable, Encodable {
    /// The result of one request.
    package struct Finding: Sendable, Encodable {
        /// Whether the request succeeded.
        package let ok: Bool

        /// The number of items, if the request lists some.
        package var count: Int?

        /// The problem and its remedy, if the request failed.
        package var error: String?
    }

    package let accountID: String

    /// The token: whether its owner's address confirms it.
    package var token: Finding

    /// When the token expires, in RFC 3339; `nil` if it does not, or if it is unknown.
    package var tokenExpires: String?

    package var connectors: Finding
    package var sites: Finding

    /// The events of one connector; `nil` if the account has no connectors.
    package var events: Finding?

    /// The snapshots of one connector; `nil` if the account has no connectors, or if they are not read.
    package var snapshots: Finding?

    /// Seconds by which Cloudflare's clock is ahead of this machine's; `nil` if unknown.
    package var clockOffset: Double?

    /// The poll interval that the request budget allows, in seconds.
    package var pollInterval: Double

    private enum CodingKeys: String, CodingKey {
        case accountID = "account_id"
        case token
        case tokenExpires = "token_expires"
        case connectors, sites, events, snapshots
        case clockOffset = "clock_offset_seconds"
        case pollInterval = "poll_interval_seconds"
    }

    /// The problems with their remedies.
    ///
    /// A token whose owner is unknown works, so it is not a problem.
    package var problems: [String] {
        [connectors, sites, events, snapshots].compactMap { $0?.error }
    }

    /// The report as one line of JSON.
    package func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// The report as lines of text.
    package var text: String {
        var lines = ["account \(accountID)"]
        func add(_ name: String, _ value: String) {
            lines.append("  \(name)\(String(repeating: " ", count: max(1, 15 - name.count)))\(value)")
        }
        func add(_ name: String, _ finding: Finding?, of items: String = "") {
            guard let finding else { return add(name, "not checked") }
            let count = finding.count.map { "\($0)\(items)" } ?? "ok"
            add(name, finding.ok ? count : "failed: \(finding.error ?? "")")
        }
        add("token", token.ok ? tokenExpires.map { "valid until \($0)" } ?? "valid" : "owner unknown")
        add("connectors", connectors)
        add("sites", sites)
        add("events", events)
        add("snapshots", snapshots)
        if let clockOffset { add("clock", Self.difference(clockOffset)) }
        add("poll interval", Self.seconds(pollInterval))
        return lines.joined(separator: "\n")
    }

    private static func difference(_ offset: Double) -> String {
        guard abs(offset) >= 1 else { return "equal to Cloudflare's" }
        return "Cloudflare's is \(seconds(abs(offset))) \(offset < 0 ? "behind" : "ahead")"
    }

    private static func seconds(_ value: Double) -> String { "\(Int(value.rounded())) s" }
}
