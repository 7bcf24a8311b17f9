// SPDX-License-Identifier: Apache-2.0

/// A format under one of the media type versions that clients request, in order of preference.
enum MediaTypeVariant: CaseIterable {
    /// Prometheus text format 0.0.4.
    case text004
    /// Version 1.0.0, which Prometheus 3 requests. The bytes equal those of 0.0.4, because no name needs quotes.
    case text100
    /// OpenMetrics 1.0.0.
    case openMetrics100
    /// The draft version of OpenMetrics, which older servers request. The bytes equal those of 1.0.0.
    case openMetrics001

    /// The encoding of the body.
    var format: ExpositionFormat {
        switch self {
        case .text004, .text100: .text004
        case .openMetrics100, .openMetrics001: .openMetrics100
        }
    }

    /// The media type without parameters.
    var mediaType: String {
        format == .text004 ? "text/plain" : "application/openmetrics-text"
    }

    /// The media ranges that match the variant, without parameters.
    ///
    /// `application/*` does not select OpenMetrics: clients that send it usually cannot parse OpenMetrics.
    var ranges: [(range: String, specificity: Int)] {
        switch format {
        case .text004: [(mediaType, 2), ("text/*", 1), ("*/*", 0)]
        case .openMetrics100: [(mediaType, 2), ("*/*", 0)]
        }
    }

    /// The value of the `version` parameter.
    var version: String {
        switch self {
        case .text004: "0.0.4"
        case .text100: "1.0.0"
        case .openMetrics100: "1.0.0"
        case .openMetrics001: "0.0.1"
        }
    }

    /// Returns the value of `Content-Type`.
    ///
    /// It contains no text from the request.
    ///
    /// - Parameter escaping: the requested scheme. Without one, only text 1.0.0 has the parameter.
    /// - Returns: a media type with parameters.
    ///
    /// Source: Prometheus, "Content negotiation": "For text formats version 1.0.0 and above, the escaping scheme
    /// parameter"; client_golang repeats the requested scheme in every format.
    func contentType(escaping: Escaping.Scheme?) -> String {
        let scheme = self == .text100 ? escaping ?? .underscores : escaping
        return "\(mediaType); version=\(version); charset=utf-8"
            + (scheme.map { "; escaping=\($0.rawValue)" } ?? "")
    }
}
