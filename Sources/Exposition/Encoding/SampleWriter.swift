// SPDX-License-Identifier: Apache-2.0

/// An encoder for the sample lines of one family.
///
/// Both formats accept the same lines: `le` values such as `1.0`, integers without a fraction, no timestamps. So each
/// line is encoded and compressed once for both. The formats differ in the metadata of a family (`FamilyMetadata`), in
/// the end of the body (`ExpositionFormat`), and in created samples, which only OpenMetrics has.
///
/// Source: Prometheus, "Exposition formats"; OpenMetrics 1.0, "Text format".
package struct SampleWriter: Sendable {
    /// The lines so far, each with its line feed.
    package private(set) var bytes: [UInt8] = []

    private let definition: MetricDefinition

    /// The encoded leading labels, which all lines share.
    private var sharedLabels: [UInt8] = []

    /// The names of the labels that each line encodes itself.
    private let ownLabels: ArraySlice<String>

    /// Creates a writer without lines.
    ///
    /// - Parameters:
    ///   - definition: the family.
    ///   - values: the values of the family's leading labels, if all lines share them.
    package init(_ definition: MetricDefinition, sharing values: [String] = []) {
        self.definition = definition
        ownLabels = definition.labels.dropFirst(values.count)
        var isFirst = true
        Self.append(definition.labels.prefix(values.count), values, isFirst: &isFirst, to: &sharedLabels)
    }

    /// Appends a sample of a counter or a gauge.
    ///
    /// - Parameters:
    ///   - value: any value; a counter's must not be negative.
    ///   - labels: the values of the labels that the lines do not share.
    package mutating func append(_ value: Int, labels: [String] = []) {
        precondition(definition.type != .histogram, "\(definition.name) is a histogram")
        appendStart(definition.name, labels: labels)
        NumberFormat.append(value, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Appends a sample of a counter or a gauge.
    ///
    /// - Parameters:
    ///   - value: any value; a counter's must not be negative.
    ///   - labels: the values of the labels that the lines do not share.
    package mutating func append(_ value: Double, labels: [String] = []) {
        precondition(definition.type != .histogram, "\(definition.name) is a histogram")
        appendStart(definition.name, labels: labels)
        NumberFormat.append(value, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Appends the samples of a histogram series: the cumulative buckets, the sum and the count.
    ///
    /// - Parameters:
    ///   - value: the observations.
    ///   - labels: the values of the labels that the lines do not share.
    package mutating func append(_ value: HistogramValue, labels: [String] = []) {
        precondition(definition.type == .histogram, "\(definition.name) is not a histogram")
        var cumulative = 0
        for (count, bound) in zip(value.counts, value.buckets.labels) {
            cumulative += count
            appendStart(definition.name, suffix: "_bucket", labels: labels, bound: bound)
            NumberFormat.append(cumulative, to: &bytes)
            bytes.append(UInt8(ascii: "\n"))
        }
        appendStart(definition.name, suffix: "_sum", labels: labels)
        NumberFormat.append(value.sum, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
        appendStart(definition.name, suffix: "_count", labels: labels)
        NumberFormat.append(value.count, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Appends the created sample of a counter or histogram series, after its other samples; for OpenMetrics only.
    ///
    /// - Parameters:
    ///   - created: when the series started at 0, in seconds since the Unix epoch.
    ///   - labels: the values of the labels that the lines do not share.
    ///
    /// Source: OpenMetrics 1.0, "Counter": "A MetricPoint in a Metric with the type Counter SHOULD have a Timestamp
    /// value called Created"; its sample has the suffix `_created`.
    package mutating func append(created: Double, labels: [String] = []) {
        precondition(
            definition.type != .gauge,
            "\(definition.name) is a gauge, which has no created sample"
        )
        appendStart(definition.familyName, suffix: "_created", labels: labels)
        NumberFormat.append(created, to: &bytes)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Returns the part of a counter's or a gauge's lines before the value.
    ///
    /// - Parameters:
    ///   - definition: the family.
    ///   - labels: the values of all labels.
    /// - Returns: the name, the labels and a space.
    static func start(of definition: MetricDefinition, labels: [String]) -> [UInt8] {
        var writer = SampleWriter(definition)
        writer.appendStart(definition.name, labels: labels)
        return writer.bytes
    }

    /// Appends the part of a line before the value.
    ///
    /// - Parameters:
    ///   - name: the name of the sample, without its suffix.
    ///   - suffix: such as `_bucket`, or empty.
    ///   - labels: the values of the labels that the lines do not share.
    ///   - bound: the value of `le`, or `nil`.
    private mutating func appendStart(
        _ name: String,
        suffix: String = "",
        labels: [String],
        bound: String? = nil
    ) {
        bytes.append(contentsOf: name.utf8)
        bytes.append(contentsOf: suffix.utf8)
        if !definition.labels.isEmpty || !labels.isEmpty || bound != nil {
            bytes.append(UInt8(ascii: "{"))
            bytes.append(contentsOf: sharedLabels)
            var isFirst = sharedLabels.isEmpty
            Self.append(ownLabels, labels, isFirst: &isFirst, to: &bytes)
            if let bound { Self.append(["le"], [bound], isFirst: &isFirst, to: &bytes) }
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: " "))
    }

    private static func append(
        _ names: ArraySlice<String>,
        _ values: [String],
        isFirst: inout Bool,
        to bytes: inout [UInt8]
    ) {
        precondition(names.count == values.count, "\(values.count) values for \(names.count) labels")
        for (name, value) in zip(names, values) {
            if !isFirst { bytes.append(UInt8(ascii: ",")) }
            isFirst = false
            bytes.append(contentsOf: name.utf8)
            bytes.append(UInt8(ascii: "="))
            bytes.append(UInt8(ascii: "\""))
            Escaping.appendQuoted(value, to: &bytes)
            bytes.append(UInt8(ascii: "\""))
        }
    }
}
