// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition

/// Prepared pieces of the exposition: by family, and within a family by a few connectors each.
///
/// A body holds each family in one piece, while a poll changes a few families of one connector. So the
/// connectors are cut, in the order of their keys, into chunks; what changes is encoded and compressed again
/// by chunk and family.
struct SegmentGrid {
    /// Connectors in a chunk: few enough that a change is cheap, enough that compression finds something to
    /// share.
    private static let chunkSize = 16

    private let familyCount: Int
    private var order: [ConnectorKey] = []
    private var lines: [ConnectorKey: [[UInt8]]] = [:]
    private var chunkOf: [ConnectorKey: Int] = [:]

    /// By chunk, then by family; `nil` where it must be made again.
    private var segments: [[Segment?]] = []

    /// Whether connectors came or went, so that the chunks must be cut again.
    private var hasNewMembers = false

    init(familyCount: Int) {
        self.familyCount = familyCount
    }

    /// Sets the lines of a connector, by family.
    mutating func set(_ new: [[UInt8]], of key: ConnectorKey) {
        guard let old = lines.updateValue(new, forKey: key) else {
            hasNewMembers = true
            return
        }
        guard !hasNewMembers, let chunk = chunkOf[key] else { return }
        for family in 0..<familyCount where old[family] != new[family] { segments[chunk][family] = nil }
    }

    mutating func remove(_ key: ConnectorKey) {
        guard lines.removeValue(forKey: key) != nil else { return }
        hasNewMembers = true
    }

    /// Makes what is missing.
    ///
    /// - Returns: the segments of each family, in the order of the connectors.
    mutating func prepare(with compressor: Compressor) -> [[Segment]] {
        if hasNewMembers { cut() }
        for chunk in segments.indices {
            for family in 0..<familyCount where segments[chunk][family] == nil {
                let members = order[(chunk * Self.chunkSize)...].prefix(Self.chunkSize)
                let plain = members.flatMap { lines[$0]?[family] ?? [] }
                segments[chunk][family] = Segment(plain: plain, compressor: compressor)
            }
        }
        return (0..<familyCount).map { family in segments.compactMap { $0[family] } }
    }

    private mutating func cut() {
        order = lines.keys.sorted()
        chunkOf = Dictionary(
            uniqueKeysWithValues: order.enumerated().map { ($0.element, $0.offset / Self.chunkSize) }
        )
        let count = (order.count + Self.chunkSize - 1) / Self.chunkSize
        segments = Array(repeating: Array(repeating: nil, count: familyCount), count: count)
        hasNewMembers = false
    }
}
