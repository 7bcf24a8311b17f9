// SPDX-License-Identifier: Apache-2.0

import Exposition

/// Prepared families of a few lines, each compressed again only when its own lines change.
struct WholeFamilies {
    private var columns: [(plain: [UInt8], segment: Segment?)]

    /// Makes families without a line.
    init(columnCount: Int) {
        columns = Array(repeating: (plain: [], segment: nil), count: columnCount)
    }

    /// Sets all lines, by column.
    ///
    /// - Returns: whether any of them are new.
    @discardableResult mutating func set(_ lines: [[UInt8]]) -> Bool {
        var hasChanged = false
        for (column, lines) in lines.enumerated() where columns[column].plain != lines {
            columns[column] = (plain: lines, segment: nil)
            hasChanged = true
        }
        return hasChanged
    }

    /// Makes what is missing.
    ///
    /// - Returns: the segment of each column.
    mutating func prepare(with compressor: Compressor) -> [[Segment]] {
        columns.indices.map { column in
            let segment =
                columns[column].segment ?? Segment(plain: columns[column].plain, compressor: compressor)
            columns[column].segment = segment
            return [segment]
        }
    }
}
