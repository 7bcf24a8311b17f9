// SPDX-License-Identifier: Apache-2.0

/// How long the server that scrapes will wait, as it says itself.
///
/// A scrape waits for nothing here, so there is no work to give up in time. But a body that has not left by then is one
/// that nobody reads any more: its connection is closed, which frees its place among `--web.max-requests`.
///
/// Source: Prometheus, `scrape/scrape.go`: the header `X-Prometheus-Scrape-Timeout-Seconds`.
enum ScrapeTimeout {
    /// The times that are taken for one, in seconds: Prometheus's own are whole milliseconds, and one that is longer than a
    /// day no timeout of a scrape.
    private static let range = 0.001...86_400.0

    /// Reads the header.
    ///
    /// - Parameter header: of any content.
    /// - Returns: `nil` where it says no time that makes sense; the endpoint's own limits then hold.
    static func parse(_ header: String?) -> Duration? {
        guard let header, header.utf8.count <= 32,
            header.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
            let seconds = Double(header), range.contains(seconds)
        else { return nil }
        return .seconds(seconds)
    }
}
