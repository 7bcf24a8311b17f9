// SPDX-License-Identifier: Apache-2.0

import Exposition

/// The compressed lines of all subjects of one kind, by column.
///
/// A body contains each family contiguously, but a poll changes a few families of one connector. So each column is
/// divided into chunks, and a change compresses only the affected chunks again. Bodies of both formats share the lines.
struct ChunkedFamilies<Key: Comparable & Sendable>: Sendable {
    private var columns: [ChunkedFamily<Key>]

    init(columnCount: Int) {
        columns = Array(repeating: ChunkedFamily(), count: columnCount)
    }

    /// Replaces the lines of a subject.
    ///
    /// - Parameters:
    ///   - lines: the lines by column.
    ///   - key: the subject.
    /// - Returns: whether any line changed.
    mutating func set(_ lines: [[UInt8]], of key: Key) -> Bool {
        var hasChanged = false
        for (column, lines) in lines.enumerated() where columns[column].set(lines, of: key) {
            hasChanged = true
        }
        return hasChanged
    }

    /// Removes the lines of a subject.
    ///
    /// - Returns: whether it had any.
    mutating func remove(_ key: Key) -> Bool {
        set(Array(repeating: [], count: columns.count), of: key)
    }

    /// Compresses the chunks that have changed.
    ///
    /// - Returns: the segments by column, ordered by key.
    mutating func prepare(with compressor: Compressor) -> [[Segment]] {
        columns.indices.map { columns[$0].prepare(with: compressor) }
    }
}
