// SPDX-License-Identifier: Apache-2.0

/// How the samples of a family are to be read; the raw value is the word of the `TYPE` line.
///
/// Source: Prometheus, "Exposition formats"; OpenMetrics 1.0, "Metric types". The two agree on these three.
package enum MetricType: String, Sendable, Hashable, CaseIterable {
    /// A sum that only grows until the process (or its ledger) begins anew.
    case counter
    /// A value that goes up and down.
    case gauge
    /// Counts of observations below fixed bounds, with their sum.
    case histogram
}
