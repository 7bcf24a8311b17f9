// SPDX-License-Identifier: Apache-2.0

import WireText

/// The parser of the scrape timeout, which Prometheus sends with each scrape.
///
/// After the timeout Prometheus discards the response, so the endpoint closes the connection and releases its slot of
/// `--web.max-requests`.
///
/// Source: Prometheus, `scrape/scrape.go`: the header `X-Prometheus-Scrape-Timeout-Seconds`.
enum ScrapeTimeout {
    /// The accepted timeouts in seconds.
    ///
    /// Prometheus sends whole milliseconds, and no scrape takes longer than a day.
    private static let range = 0.001...86_400.0

    /// Parses the field value.
    ///
    /// - Parameter field: the value, which may have any content.
    /// - Returns: the timeout, or `nil` if the value is invalid or out of range. The endpoint's own limits then apply.
    static func parse(_ field: String?) -> Duration? {
        guard let field, field.utf8.count <= 32,
            field.utf8.allSatisfy({ $0.isDigit || $0 == UInt8(ascii: ".") }),
            let seconds = Double(field), range.contains(seconds)
        else { return nil }
        return .seconds(seconds)
    }
}
