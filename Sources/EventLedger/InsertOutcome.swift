// SPDX-License-Identifier: Apache-2.0

/// What became of the events of one page.
package struct InsertOutcome: Sendable, Hashable {
    /// Seen for the first time, and counted.
    package var new = 0

    /// Counted before.
    package var duplicate = 0

    /// Those of the new ones that were recorded before the watermark: an earlier, complete poll did not show
    /// them.
    package var late = 0

    /// Recorded before the ledger's scope begins, and not shown before: neither counted nor kept.
    package var outOfScope = 0

    /// Those of the new ones whose kind is not documented.
    package var unknownKind = 0

    package init() {}

    /// Adds another page's.
    package mutating func add(_ other: InsertOutcome) {
        new += other.new
        duplicate += other.duplicate
        late += other.late
        outOfScope += other.outOfScope
        unknownKind += other.unknownKind
    }
}
