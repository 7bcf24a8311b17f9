// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition

/// The samples of one family, written from its changes.
struct FamilyExport {
    /// A connector of the export.
    struct Connector {
        let key: ConnectorKey

        /// The time of the first and the last sample, in whole seconds.
        let period: ClosedRange<Int>
    }

    private static let flushedSize = 1 << 16

    private let definition: MetricDefinition
    private let sampling: HistoryFamily.Sampling
    private let plan: ExportPlan
    private let connectors: [Connector]

    /// The number of samples so far.
    private(set) var samples = 0

    /// Prepares the samples of a family.
    init(_ family: HistoryFamily, of connectors: [Connector], _ plan: ExportPlan) {
        definition = family.definition(adding: plan.labels.map(\.name))
        sampling = family.sampling
        self.connectors = connectors
        self.plan = plan
    }

    /// Writes the metadata and all samples; nothing if there are no samples.
    ///
    /// - Parameters:
    ///   - spool: the changes, from the first one on.
    ///   - output: receives the bytes.
    ///   - progress: called at times.
    /// - Throws: if the changes cannot be read, or the samples cannot be written.
    mutating func write(
        _ spool: HistorySpool,
        to output: CommandOutput,
        progress: () -> Void
    ) throws(CommandError) {
        var connector = -1
        var series: [(labels: [String], changes: [SeriesChange])] = []
        while let block = try spool.next() {
            if block.connector != connector {
                try write(series, of: connector, to: output)
                progress()
                series.removeAll(keepingCapacity: true)
                connector = block.connector
            }
            if block.series < series.count {
                series[block.series].changes += block.changes
            } else {
                series.append((block.labels, block.changes))
            }
        }
        try write(series, of: connector, to: output)
    }

    private mutating func write(
        _ series: [(labels: [String], changes: [SeriesChange])],
        of number: Int,
        to output: CommandOutput
    ) throws(CommandError) {
        guard connectors.indices.contains(number) else { return }
        let connector = connectors[number]
        let grid = SampleGrid(period: connector.period, step: plan.step)
        let shared = plan.labels.map(\.value) + [connector.key.account, connector.key.connector]
        for (labels, changes) in series {
            var writer = TimedSampleWriter(definition, labels: shared + labels)
            var failure: CommandError?
            var count = 0
            let append = { (time: Int, value: Double) in
                writer.append(value, at: time)
                count += 1
                guard writer.bytes.count >= Self.flushedSize, failure == nil else { return }
                do throws(CommandError) {
                    try output.write(writer.bytes)
                } catch {
                    failure = error
                }
                writer.removeLines()
            }
            if samples == 0, changes.contains(where: \.exists) {
                try output.write(FamilyMetadata(definition).bytes(.openMetrics100))
            }
            switch sampling {
            case .constant, .counter: grid.forEachCounterSample(of: changes, append)
            case .state: grid.forEachStateSample(of: changes, repeats: plan.repeatsStates, append)
            }
            samples += count
            if let failure { throw failure }
            try output.write(writer.bytes)
        }
    }
}
