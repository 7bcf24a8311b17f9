// SPDX-License-Identifier: Apache-2.0

/// What may be sent: a dialect under one of the names that clients have for it; the better choice among equals first.
enum Representation: CaseIterable {
    /// Prometheus's text format.
    case text004
    /// OpenMetrics as it was published.
    case openMetrics100
    /// OpenMetrics under the number of its drafts, which older servers ask for; the bytes are the same.
    case openMetrics001

    /// How it is encoded.
    var dialect: Dialect {
        self == .text004 ? .text004 : .openMetrics100
    }

    /// The media type without parameters.
    var mediaType: String {
        self == .text004 ? "text/plain" : "application/openmetrics-text"
    }

    /// The media ranges that mean it, without parameters.
    ///
    /// `application/*` names OpenMetrics by the letter, but who writes that knows nothing of it.
    var ranges: [(range: String, specificity: Int)] {
        switch self {
        case .text004: [(mediaType, 2), ("text/*", 1), ("*/*", 0)]
        case .openMetrics100, .openMetrics001: [(mediaType, 2), ("*/*", 0)]
        }
    }

    /// The value of the parameter `version`.
    var version: String {
        switch self {
        case .text004: "0.0.4"
        case .openMetrics100: "1.0.0"
        case .openMetrics001: "0.0.1"
        }
    }

    /// The value of `Content-Type`.
    ///
    /// All names of this exporter are letters, digits and underscores, which every escaping scheme leaves alone;
    /// `underscores` is the scheme whose promise (no other character, nothing quoted) they keep, whichever was asked
    /// for. Who does not ask gets the string that OpenMetrics 1.0 prescribes.
    ///
    /// - Parameter escaping: whether the client said how it wants names escaped.
    /// - Returns: a media type with its parameters.
    ///
    /// Source: Prometheus, "Scrape protocol content negotiation", Content-Type Response: "For text formats version
    /// 1.0.0 and above, the escaping scheme parameter", which "MUST be validated": so it is never echoed.
    func contentType(escaping: Bool) -> String {
        switch self {
        case .text004: Dialect.text004.contentType
        case .openMetrics100: Dialect.openMetrics100.contentType + (escaping ? "; escaping=underscores" : "")
        case .openMetrics001: "application/openmetrics-text; version=0.0.1; charset=utf-8"
        }
    }
}
