// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// The process of the exporter, as its metric families describe it.
struct ProcessStatus: MetricSubject {
    /// The resources that the process uses.
    let usage: ProcessUsage

    /// When the process started; `nil` if unknown.
    let countedSince: Timestamp?

    static let namePrefix = "process_"
    static let labels: [String] = []

    var labelValues: [String] { [] }
}
