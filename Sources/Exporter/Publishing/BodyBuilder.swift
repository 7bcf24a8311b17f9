// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition

/// A builder of bodies that compresses only the lines that have changed since the previous body.
struct BodyBuilder {
    let connectorFamilies: FamilyList<ConnectorStatus>

    let snapshotFamilies: FamilyList<SnapshotStatus>

    let accountFamilies: FamilyList<AccountStatus>

    let exporterFamilies: FamilyList<ExporterStatus>

    private let compressor: Compressor
    private let metadata: [[ExpositionFormat: Segment]]
    private var connectors: ChunkedFamilies<ConnectorKey>
    private var snapshots: ChunkedFamilies<ConnectorKey>
    private var accounts: ChunkedFamilies<String>
    private var exporter: ChunkedFamilies<String>

    /// Whether any line has changed since the previous body.
    private(set) var hasChanges = true

    /// Creates a builder without lines.
    ///
    /// - Parameters:
    ///   - withCreated: whether OpenMetrics has created samples.
    ///   - compressor: the stream to use.
    init(withCreated: Bool, compressor: Compressor = Compressor()) {
        self.compressor = compressor
        connectorFamilies = FamilyList(FamilySection.ofConnectors, withCreated: withCreated)
        snapshotFamilies = FamilyList(FamilySection.ofSnapshots, withCreated: withCreated)
        accountFamilies = FamilyList(FamilySection.ofAccounts, withCreated: withCreated)
        exporterFamilies = FamilyList(FamilySection.ofExporter, withCreated: withCreated)
        let layouts = [
            connectorFamilies.layout, snapshotFamilies.layout, accountFamilies.layout,
            exporterFamilies.layout,
        ]
        connectors = ChunkedFamilies(columnCount: layouts[0].count)
        snapshots = ChunkedFamilies(columnCount: layouts[1].count)
        accounts = ChunkedFamilies(columnCount: layouts[2].count)
        exporter = ChunkedFamilies(columnCount: layouts[3].count)
        metadata = layouts.flatMap(\.families).map { family in
            Dictionary(
                uniqueKeysWithValues: ExpositionFormat.allCases.map {
                    ($0, Segment(plain: FamilyMetadata(family).bytes($0), compressor: compressor))
                }
            )
        }
    }

    /// Replaces the lines of a connector, by column.
    mutating func set(_ lines: [[UInt8]], ofConnector key: ConnectorKey) {
        if connectors.set(lines, of: key) { hasChanges = true }
    }

    /// Replaces the lines of a connector's snapshot, by column.
    mutating func set(_ lines: [[UInt8]], ofSnapshot key: ConnectorKey) {
        if snapshots.set(lines, of: key) { hasChanges = true }
    }

    mutating func remove(connector key: ConnectorKey) {
        if connectors.remove(key) { hasChanges = true }
    }

    mutating func remove(snapshot key: ConnectorKey) {
        if snapshots.remove(key) { hasChanges = true }
    }

    /// Replaces the lines of an account, by column.
    mutating func set(_ lines: [[UInt8]], ofAccount account: String) {
        if accounts.set(lines, of: account) { hasChanges = true }
    }

    mutating func remove(account: String) {
        if accounts.remove(account) { hasChanges = true }
    }

    /// Replaces the lines of the exporter itself, by column.
    mutating func setExporter(_ lines: [[UInt8]]) {
        if exporter.set(lines, of: "") { hasChanges = true }
    }

    /// Builds a body from all lines.
    ///
    /// Unchanged lines are shared with the previous body.
    ///
    /// - Parameter generation: a higher number than that of the previous body.
    /// - Returns: the body.
    mutating func body(generation: Int) -> PublishedBody {
        let groups = [
            (layout: connectorFamilies.layout, segments: connectors.prepare(with: compressor)),
            (layout: snapshotFamilies.layout, segments: snapshots.prepare(with: compressor)),
            (layout: accountFamilies.layout, segments: accounts.prepare(with: compressor)),
            (layout: exporterFamilies.layout, segments: exporter.prepare(with: compressor)),
        ]
        hasChanges = false
        return PublishedBody(generation: generation) { [metadata] format in
            var body: [Segment] = []
            var metadata = metadata[...]
            for (layout, segments) in groups {
                for index in layout.families.indices {
                    let samples = segments[layout.column(of: index, in: format)]
                    let familyMetadata = metadata.popFirst()?[format]
                    // Families without samples are omitted.
                    if let familyMetadata, !samples.isEmpty {
                        body.append(familyMetadata)
                        body += samples
                    }
                }
            }
            return body
        }
    }
}
