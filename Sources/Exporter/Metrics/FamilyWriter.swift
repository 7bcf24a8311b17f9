// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition

/// The samples of one family and one subject while they are written.
struct FamilyWriter {
    /// The lines for both formats, or for the text format if there are lines with created samples.
    private(set) var samples: SampleWriter

    /// The lines for OpenMetrics with created samples, if they are enabled and the type has them.
    private(set) var samplesWithCreated: SampleWriter?

    /// When a sample next changes without a new event.
    private(set) var changesAt: Timestamp?

    /// The samples as values, if they are recorded instead of encoded.
    private(set) var recorded: [RecordedSample]?

    private let countedSince: Timestamp?

    /// Creates a writer that records values and encodes no lines.
    ///
    /// It is for families without histograms.
    init(recording definition: MetricDefinition) {
        samples = SampleWriter(definition)
        countedSince = nil
        recorded = []
    }

    /// Creates a writer without samples.
    init(_ definition: MetricDefinition, of subject: some MetricSubject, withCreated: Bool) {
        samples = SampleWriter(definition, sharing: subject.labelValues)
        samplesWithCreated = withCreated && definition.type != .gauge ? samples : nil
        countedSince = subject.countedSince
    }

    /// Appends an integer sample, unless the value is `nil`.
    mutating func append(_ value: Int?, labels: String...) {
        guard let value else { return }
        write(Double(value), labels) { $0.append(value, labels: labels) }
    }

    /// Appends a floating-point sample, unless the value is `nil`.
    mutating func append(_ value: Double?, labels: String...) {
        guard let value else { return }
        write(value, labels) { $0.append(value, labels: labels) }
    }

    /// Appends a floating-point sample.
    mutating func append(_ value: Double, labels: [String]) {
        write(value, labels) { $0.append(value, labels: labels) }
    }

    /// Appends 1 for `true` and 0 for `false`, unless the value is `nil`.
    mutating func append(_ value: Bool?, labels: String...) {
        guard let value else { return }
        write(value ? 1 : 0, labels) { $0.append(value ? 1 : 0, labels: labels) }
    }

    /// Appends the samples of a histogram series, unless the value is `nil`.
    mutating func append(_ value: HistogramValue?, labels: String...) {
        guard let value else { return }
        write(nil, labels) { $0.append(value, labels: labels) }
    }

    /// Records a time at which a sample changes without a new event.
    mutating func expectChange(at time: Timestamp) {
        changesAt = min(changesAt ?? time, time)
    }

    private mutating func write(_ value: Double?, _ labels: [String], append: (inout SampleWriter) -> Void) {
        if recorded != nil {
            if let value { recorded?.append(RecordedSample(labels: labels, value: value)) }
            return
        }
        append(&samples)
        // Taken out, so that appending does not copy the lines.
        guard var writer = samplesWithCreated.take() else { return }
        append(&writer)
        if let countedSince { writer.append(created: countedSince.seconds, labels: labels) }
        samplesWithCreated = writer
    }
}
