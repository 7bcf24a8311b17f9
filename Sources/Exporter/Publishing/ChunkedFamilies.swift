// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition

/// Prepared pieces of the exposition: by family, and within a family by a few connectors each.
///
/// A body holds each family in one piece, while a poll changes a few families of one connector. So every family has a
/// column of pieces, and what changes is encoded and compressed again piece by piece. The lines are kept here and
/// nowhere else: bodies of both formats share them.
struct ChunkedFamilies {
    private var columns: [ChunkedFamily]

    /// Makes a grid without connectors.
    init(columnCount: Int) {
        columns = Array(repeating: ChunkedFamily(), count: columnCount)
    }

    /// Sets the lines of a connector, by column.
    mutating func set(_ lines: [[UInt8]], of key: ConnectorKey) {
        for (column, lines) in lines.enumerated() { columns[column].set(lines, of: key) }
    }

    /// Ends the part of a connector.
    mutating func remove(_ key: ConnectorKey) {
        for column in columns.indices { columns[column].set([], of: key) }
    }

    /// Makes what is missing.
    ///
    /// - Returns: the segments of each column, in the order of the connectors.
    mutating func prepare(with compressor: Compressor) -> [[Segment]] {
        columns.indices.map { columns[$0].prepare(with: compressor) }
    }
}
