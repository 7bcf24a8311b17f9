// SPDX-License-Identifier: Apache-2.0

/// The scrapes so far, as their metric families describe them.
///
/// Each scrape changes it.
struct ScrapeStatus: MetricSubject {
    /// The number of completed scrapes by HTTP status code.
    let codes: [Int: Int]

    /// The number of scrapes whose responses are being sent.
    let inFlight: Int

    /// When the process started, in seconds since the Unix epoch; `nil` if unknown.
    let countedSince: Double?

    static let namePrefix = ExporterStatus.namePrefix
    static let labels: [String] = []

    var labelValues: [String] { [] }
}
