// SPDX-License-Identifier: Apache-2.0

/// The process of the exporter, as its metric families describe it.
struct ProcessStatus: MetricSubject {
    /// The resources that the process uses.
    let usage: ProcessUsage

    /// When the process started, in seconds since the Unix epoch; `nil` if unknown.
    let countedSince: Double?

    static let namePrefix = "process_"
    static let labels: [String] = []

    var labelValues: [String] { [] }
}
