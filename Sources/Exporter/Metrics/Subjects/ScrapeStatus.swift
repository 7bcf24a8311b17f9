// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// The scrapes so far, as their metric families describe them.
///
/// Each scrape changes it.
struct ScrapeStatus: MetricSubject {
    /// The number of completed scrapes by HTTP status code.
    let codes: [Int: Int]

    /// The number of scrapes whose responses are being sent.
    let inFlight: Int

    /// When the process started; `nil` if unknown.
    let countedSince: Timestamp?

    static let namePrefix = ExporterStatus.namePrefix
    static let labels: [String] = []

    var labelValues: [String] { [] }
}
