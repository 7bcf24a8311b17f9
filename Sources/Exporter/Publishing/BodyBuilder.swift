// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition

/// Lines on their way into a body: what changes is prepared again, and everything else is taken as it is.
struct BodyBuilder {
    /// Where the lines of connectors stand.
    let connectorColumns: FamilyColumns

    /// Where the lines of accounts stand.
    let accountColumns: FamilyColumns

    /// Where the lines of the exporter itself stand.
    let exporterColumns: FamilyColumns

    private let compressor: Compressor
    private let preambles: [[ExpositionFormat: Segment]]
    private var grid: ChunkedFamilies
    private var accountLines: [String: [[UInt8]]] = [:]
    private var accountFamilies: WholeFamilies
    private var exporterFamilies: WholeFamilies

    /// Whether anything has changed since the last body.
    private(set) var hasNews = true

    /// Begins without a line.
    ///
    /// - Parameters:
    ///   - withCreated: whether counters say in OpenMetrics when they began at 0.
    ///   - compressor: used and left as it was.
    init(withCreated: Bool, compressor: Compressor = Compressor()) {
        self.compressor = compressor
        connectorColumns = FamilyColumns(MetricCatalogue.ofConnectors, withCreated: withCreated)
        accountColumns = FamilyColumns(MetricCatalogue.ofAccounts, withCreated: withCreated)
        exporterColumns = FamilyColumns(MetricCatalogue.ofExporter, withCreated: withCreated)
        grid = ChunkedFamilies(columnCount: connectorColumns.count)
        accountFamilies = WholeFamilies(columnCount: accountColumns.count)
        exporterFamilies = WholeFamilies(columnCount: exporterColumns.count)
        let entries = connectorColumns.entries + accountColumns.entries + exporterColumns.entries
        preambles = entries.map { entry in
            Dictionary(
                uniqueKeysWithValues: ExpositionFormat.allCases.map {
                    ($0, Segment(plain: FamilyMetadata(entry.definition).bytes($0), compressor: compressor))
                }
            )
        }
    }

    /// Sets the lines of a connector, by column.
    mutating func set(_ lines: [[UInt8]], ofConnector key: ConnectorKey) {
        grid.set(lines, of: key)
        hasNews = true
    }

    /// Ends the lines of a connector.
    mutating func remove(connector key: ConnectorKey) {
        grid.remove(key)
        hasNews = true
    }

    /// Sets the lines of an account, by column; `nil` ends them.
    mutating func set(_ lines: [[UInt8]]?, ofAccount account: String) {
        guard accountLines[account] != lines else { return }
        accountLines[account] = lines
        let ordered = accountLines.sorted { $0.key < $1.key }.map(\.value)
        accountFamilies.set((0..<accountColumns.count).map { column in ordered.flatMap { $0[column] } })
        hasNews = true
    }

    /// Sets the lines of the exporter itself, by column.
    mutating func setExporter(_ lines: [[UInt8]]) {
        if exporterFamilies.set(lines) { hasNews = true }
    }

    /// Makes a body of all lines.
    ///
    /// - Parameter generation: higher than that of the body before it.
    /// - Returns: a body that shares all that has not changed with the one before.
    mutating func body(generation: Int) -> PublishedBody {
        let groups = [
            (columns: connectorColumns, segments: grid.prepare(with: compressor)),
            (columns: accountColumns, segments: accountFamilies.prepare(with: compressor)),
            (columns: exporterColumns, segments: exporterFamilies.prepare(with: compressor)),
        ]
        hasNews = false
        return PublishedBody(generation: generation) { [preambles] dialect in
            var body: [Segment] = []
            var family = 0
            for (columns, segments) in groups {
                for index in columns.entries.indices {
                    let samples = segments[columns.column(of: index, in: dialect)]
                    // A family without a sample is left out.
                    if samples.contains(where: { $0.count > 0 }), let preamble = preambles[family][dialect] {
                        body.append(preamble)
                        body += samples
                    }
                    family += 1
                }
            }
            return body
        }
    }
}
