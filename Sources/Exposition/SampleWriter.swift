// SPDX-License-Identifier: Apache-2.0

/// Sample lines, in bytes that both formats read alike.
///
/// The formats differ only in what they say about a family (`FamilyMetadata`) and in how they end (`ExpositionFormat`). Whatever they
/// allow in two spellings is written in the one that both allow: bounds as `le="1.0"`, whole numbers without a
/// fraction, no timestamps. So a series is encoded and compressed once, whoever asks. Exemplars and created samples are
/// for OpenMetrics alone: lines that have some are not for a body in the text format.
///
/// Source: Prometheus, "Exposition formats"; OpenMetrics 1.0, "Text format".
package struct SampleWriter: Sendable {
    /// The lines so far, each with its end.
    package private(set) var bytes: [UInt8] = []

    /// Begins with nothing.
    ///
    /// - Parameter capacity: how many bytes to make room for.
    package init(reservingCapacity capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Appends the sample of a counter or a gauge.
    ///
    /// - Parameters:
    ///   - definition: the family; not a histogram.
    ///   - labels: in the order in which they are shown; no name twice.
    ///   - value: any; a counter's is not negative.
    ///   - exemplar: of a counter, in OpenMetrics only.
    package mutating func append(
        _ definition: MetricDefinition,
        labels: [Label],
        value: Double,
        exemplar: Exemplar? = nil
    ) {
        precondition(definition.type != .histogram, "\(definition.name) is a histogram")
        begin(definition.name, suffix: "", labels: Self.encoded(labels))
        NumberFormat.append(value, to: &bytes)
        end(with: exemplar, of: definition)
    }

    /// Appends the sample of a counter or a gauge, from a count.
    ///
    /// - Parameters:
    ///   - definition: the family; not a histogram.
    ///   - labels: in the order in which they are shown; no name twice.
    ///   - value: any; a counter's is not negative.
    ///   - exemplar: of a counter, in OpenMetrics only.
    package mutating func append(
        _ definition: MetricDefinition,
        labels: [Label],
        value: Int,
        exemplar: Exemplar? = nil
    ) {
        precondition(definition.type != .histogram, "\(definition.name) is a histogram")
        begin(definition.name, suffix: "", labels: Self.encoded(labels))
        NumberFormat.append(value, to: &bytes)
        end(with: exemplar, of: definition)
    }

    /// Appends when a series began at 0, behind its samples; in OpenMetrics only.
    ///
    /// - Parameters:
    ///   - definition: the family; a counter or a histogram.
    ///   - labels: those of the series.
    ///   - seconds: since the Unix epoch.
    ///
    /// Source: OpenMetrics 1.0, "Counter": "A MetricPoint in a Metric with the type Counter SHOULD have a Timestamp
    /// value called Created"; its sample's suffix is `_created`.
    package mutating func append(_ definition: MetricDefinition, labels: [Label], createdAt seconds: Double) {
        precondition(definition.type != .gauge, "\(definition.name) is a gauge, which begins at no 0")
        begin(definition.familyName, suffix: "_created", labels: Self.encoded(labels))
        NumberFormat.append(seconds, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Appends the samples of a histogram: each bucket with all below it, then the sum and the count.
    ///
    /// - Parameters:
    ///   - definition: the family; a histogram.
    ///   - labels: in the order in which they are shown; no name twice, and none is `le`.
    ///   - value: the observations.
    ///   - exemplars: by the places of their buckets, in OpenMetrics only.
    package mutating func append(
        _ definition: MetricDefinition,
        labels: [Label],
        value: HistogramValue,
        exemplars: [Int: Exemplar] = [:]
    ) {
        precondition(definition.type == .histogram, "\(definition.name) is no histogram")
        precondition(!labels.contains { $0.name == "le" }, "le is the histogram's own label")
        let shared = Self.encoded(labels)
        let comma = shared.isEmpty ? "" : ","
        var cumulative = 0
        for (index, bound) in value.buckets.labels.enumerated() {
            cumulative += value.counts[index]
            begin(definition.name, suffix: "_bucket", labels: shared + Array("\(comma)le=\"\(bound)\"".utf8))
            NumberFormat.append(cumulative, to: &bytes)
            end(with: exemplars[index], of: definition)
        }
        begin(definition.name, suffix: "_sum", labels: shared)
        NumberFormat.append(value.sum, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        begin(definition.name, suffix: "_count", labels: shared)
        NumberFormat.append(value.count, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Forgets the lines and keeps their room.
    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    /// Appends everything before the value.
    private mutating func begin(_ name: String, suffix: String, labels: [UInt8]) {
        bytes.append(contentsOf: name.utf8)
        bytes.append(contentsOf: suffix.utf8)
        if !labels.isEmpty {
            bytes.append(UInt8(ascii: "{"))
            bytes.append(contentsOf: labels)
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: " "))
    }

    /// Appends an exemplar, if there is one, and the end of the line.
    ///
    /// Source: OpenMetrics 1.0, "Exemplars": only counters and buckets have some; ` # {labels} value timestamp`.
    private mutating func end(with exemplar: Exemplar?, of definition: MetricDefinition) {
        if let exemplar {
            precondition(definition.type != .gauge, "\(definition.name) is a gauge, which has no exemplars")
            bytes += " # {".utf8
            bytes += Self.encoded(exemplar.labels)
            bytes += "} ".utf8
            NumberFormat.append(exemplar.value, to: &bytes)
            if let timestamp = exemplar.timestamp {
                bytes.append(UInt8(ascii: " "))
                NumberFormat.append(timestamp, to: &bytes)
            }
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Writes what stands between the braces.
    private static func encoded(_ labels: [Label]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(labels.count * 48)
        for label in labels {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: label.name.utf8)
            bytes.append(UInt8(ascii: "="))
            bytes.append(UInt8(ascii: "\""))
            Escaping.appendQuoted(label.value, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
        return bytes
    }
}
