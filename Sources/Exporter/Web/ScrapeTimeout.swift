// SPDX-License-Identifier: Apache-2.0

/// How long the server that scrapes will wait, as it says itself.
///
/// A scrape waits for nothing here, so there is no work to give up in time. But a body that has not left by then is one
/// that nobody reads any more: its connection is closed, which frees its place among `--web.max-requests`.
///
/// Source: Prometheus, `scrape/scrape.go`: the header `X-Prometheus-Scrape-Timeout-Seconds`.
enum ScrapeTimeout {
    /// The longest time that is taken for one, in seconds: Prometheus allows no scrape interval that is longer by far.
    private static let limit = 86_400.0

    /// Reads the header.
    ///
    /// - Parameter header: of any content.
    /// - Returns: `nil` where it says no time that makes sense; the endpoint's own limits then hold.
    static func parse(_ header: String?) -> Duration? {
        guard let header, header.utf8.count <= 32,
            header.utf8.allSatisfy({ (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }),
            let seconds = Double(header), seconds > 0, seconds <= limit
        else { return nil }
        return .seconds(seconds)
    }
}
