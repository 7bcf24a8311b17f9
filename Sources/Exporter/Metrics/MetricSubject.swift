// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// A thing that a group of metric families describes, such as one connector or one account.
protocol MetricSubject {
    static var namePrefix: String { get }

    /// The labels that precede the own labels of each family.
    static var labels: [String] { get }

    /// The values of `labels`.
    var labelValues: [String] { get }

    /// When the counters of this subject started at 0; `nil` if unknown.
    var countedSince: Timestamp? { get }
}
