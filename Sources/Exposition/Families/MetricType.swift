// SPDX-License-Identifier: Apache-2.0

/// The type of a metric family; the raw value is the word on the `TYPE` line.
///
/// Source: Prometheus, "Exposition formats"; OpenMetrics 1.0, "Metric types". Both define these three types alike.
package enum MetricType: String, Sendable, Hashable, CaseIterable {
    /// A total that only increases until it is reset to 0.
    case counter
    /// A value that goes up and down.
    case gauge
    /// Cumulative counts of observations below fixed bounds, with their sum.
    case histogram
}
