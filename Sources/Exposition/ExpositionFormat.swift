// SPDX-License-Identifier: Apache-2.0

/// The formats that a scrape may be answered in.
package enum ExpositionFormat: Sendable, Hashable, CaseIterable {
    /// Prometheus's text format, which every version reads.
    case text004

    /// OpenMetrics 1.0, which every Prometheus since 2.5 prefers.
    case openMetrics100

    /// The value of `Content-Type`, where the client asked for nothing more special.
    ///
    /// Source: Prometheus, "Exposition formats"; OpenMetrics 1.0, "Overall Structure": "The content type MUST be".
    package var contentType: String {
        switch self {
        case .text004: "text/plain; version=0.0.4; charset=utf-8"
        case .openMetrics100: "application/openmetrics-text; version=1.0.0; charset=utf-8"
        }
    }

    /// What stands after the last family: without it a reader of OpenMetrics takes the body as cut.
    package var terminator: [UInt8] {
        switch self {
        case .text004: []
        case .openMetrics100: Array("# EOF\n".utf8)
        }
    }
}
