// SPDX-License-Identifier: Apache-2.0

/// The numbers of new and other events of a page.
package struct InsertOutcome: Sendable, Hashable {
    /// Events that were counted.
    package var new = 0

    /// Events that had been counted before.
    package var duplicate = 0

    /// New events from before the watermark, which an earlier complete poll did not return.
    package var late = 0

    /// Events from before the scope start that no earlier response contained.
    ///
    /// They are not counted.
    package var outOfScope = 0

    /// New events of an undocumented kind.
    package var unknownKind = 0

    package init() {}

    /// Adds the numbers of another page.
    package mutating func add(_ other: InsertOutcome) {
        new += other.new
        duplicate += other.duplicate
        late += other.late
        outOfScope += other.outOfScope
        unknownKind += other.unknownKind
    }
}
