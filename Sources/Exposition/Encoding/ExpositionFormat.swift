// SPDX-License-Identifier: Apache-2.0

/// The formats of a scrape response.
package enum ExpositionFormat: Sendable, Hashable, CaseIterable {
    /// Prometheus text format 0.0.4, which every Prometheus version reads.
    case text004

    /// OpenMetrics 1.0, which Prometheus prefers since version 2.5.
    case openMetrics100

    /// The default `Content-Type` of the format.
    ///
    /// Source: Prometheus, "Exposition formats"; OpenMetrics 1.0, "Overall Structure": "The content type MUST be".
    package var contentType: String {
        switch self {
        case .text004: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics100: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// The bytes after the last family.
    ///
    /// Without them an OpenMetrics parser treats the body as truncated.
    package var terminator: [UInt8] {
        switch self {
        case .text004: []
        case .openMetrics100: Array("# EOF\n".utf8)
        }
    }
}
