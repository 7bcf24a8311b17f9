// SPDX-License-Identifier: Apache-2.0

/// What may be sent: a dialect under one of the names that clients have for it; the better choice among equals first.
enum MediaTypeVariant: CaseIterable {
    /// Prometheus's text format.
    case text004
    /// The same under the number that Prometheus 3 asks for; the bytes are the same, as no name needs quotes.
    case text100
    /// OpenMetrics as it was published.
    case openMetrics100
    /// OpenMetrics under the number of its drafts, which older servers ask for; the bytes are the same.
    case openMetrics001

    /// How it is encoded.
    var dialect: ExpositionFormat {
        switch self {
        case .text004, .text100: .text004
        case .openMetrics100, .openMetrics001: .openMetrics100
        }
    }

    /// The media type without parameters.
    var mediaType: String {
        dialect == .text004 ? "text/plain" : "application/openmetrics-text"
    }

    /// The media ranges that mean it, without parameters.
    ///
    /// `application/*` names OpenMetrics by the letter, but who writes that knows nothing of it.
    var ranges: [(range: String, specificity: Int)] {
        switch dialect {
        case .text004: [(mediaType, 2), ("text/*", 1), ("*/*", 0)]
        case .openMetrics100: [(mediaType, 2), ("*/*", 0)]
        }
    }

    /// The value of the parameter `version`.
    var version: String {
        switch self {
        case .text004: "0.0.4"
        case .text100: "1.0.0"
        case .openMetrics100: "1.0.0"
        case .openMetrics001: "0.0.1"
        }
    }

    /// The value of `Content-Type`.
    ///
    /// - Parameter escaping: the scheme that was asked for. Who does not ask gets the strings that the formats prescribe;
    ///   text 1.0.0 has the parameter always.
    /// - Returns: a media type with its parameters; none of the client's text is in it.
    ///
    /// Source: Prometheus, "Content negotiation": "For text formats version 1.0.0 and above, the escaping scheme
    /// parameter"; client_golang repeats it in every format.
    func contentType(escaping: Escaping.Scheme?) -> String {
        let scheme = self == .text100 ? escaping ?? .underscores : escaping
        return "\(mediaType); version=\(version); charset=utf-8"
            + (scheme.map { "; escaping=\($0.rawValue)" } ?? "")
    }
}
