// SPDX-License-Identifier: Apache-2.0

/// An encoder for the samples of one series of a counter or a gauge, each with its time; for OpenMetrics only.
///
/// Source: OpenMetrics 1.0, "Timestamps": "Timestamps MUST be in Unix Epoch in seconds"; "Timestamps MUST be in increasing
/// order" within a series.
package struct TimedSampleWriter: Sendable {
    /// The lines since the last removal, each with its line feed.
    package private(set) var bytes: [UInt8] = []

    /// The name and the labels, which all lines share.
    private let start: [UInt8]

    /// Creates a writer without lines.
    ///
    /// - Parameters:
    ///   - definition: the family, which must not be a histogram.
    ///   - labels: the values of all labels.
    package init(_ definition: MetricDefinition, labels: [String]) {
        precondition(definition.type != .histogram, "\(definition.name) is a histogram")
        start = SampleWriter.start(of: definition, labels: labels)
    }

    /// Appends a sample.
    ///
    /// - Parameters:
    ///   - value: any value; a counter's must not be negative.
    ///   - time: later than that of the previous sample, in whole seconds since the Unix epoch.
    package mutating func append(_ value: Double, at time: Int) {
        bytes.append(contentsOf: start)
        NumberFormat.append(value, to: &bytes)
        bytes.append(UInt8(ascii: " "))
        NumberFormat.append(time, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Removes the lines, and keeps their memory.
    package mutating func removeLines() { bytes.removeAll(keepingCapacity: true) }
}
