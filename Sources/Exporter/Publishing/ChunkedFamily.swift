// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition

/// The lines of one family over all connectors, in pieces that are encoded and compressed one by one.
///
/// A piece holds the lines of neighbours in the order of the keys. One that grows too long is cut in two and one that
/// grows too short joins its neighbour, so that whatever changes on one connector (a value, a new series, its coming
/// and its going) costs a piece or two and never the whole.
struct ChunkedFamily {
    /// The most bytes of a piece with more than one connector: the window of deflate, beyond which compression finds
    /// nothing more to share, and a fraction of a millisecond of its time.
    static let pieceBytes = 32 << 10

    /// The lines of a few connectors.
    private struct Piece {
        var keys: [ConnectorKey]
        /// Where the lines of each connector end.
        var ends: [Int]
        var plain: [UInt8]
        /// `nil` where it must be made again.
        var segment: Segment?

        func start(of member: Int) -> Int { member == 0 ? 0 : ends[member - 1] }
    }

    private var pieces: [Piece] = []

    /// Sets the lines of a connector.
    ///
    /// - Parameters:
    ///   - lines: none ends its part.
    ///   - key: the connector.
    mutating func set(_ lines: [UInt8], of key: ConnectorKey) {
        guard let index = pieceIndex(of: key) else {
            if !lines.isEmpty { pieces.append(Piece(keys: [key], ends: [lines.count], plain: lines)) }
            return
        }
        let member = Self.firstIndex(in: pieces[index].keys.indices) { pieces[index].keys[$0] >= key }
        let isKnown = member < pieces[index].keys.count && pieces[index].keys[member] == key
        guard isKnown || !lines.isEmpty else { return }
        let start = pieces[index].start(of: member)
        let end = isKnown ? pieces[index].ends[member] : start
        guard pieces[index].plain[start..<end] != lines[...] else { return }
        pieces[index].segment = nil
        pieces[index].plain.replaceSubrange(start..<end, with: lines)
        if !isKnown {
            pieces[index].keys.insert(key, at: member)
            pieces[index].ends.insert(start, at: member)
        } else if lines.isEmpty {
            pieces[index].keys.remove(at: member)
            pieces[index].ends.remove(at: member)
        }
        let growth = lines.count - (end - start)
        for later in member..<pieces[index].ends.count { pieces[index].ends[later] += growth }
        balance(index)
    }

    /// Makes what is missing.
    ///
    /// - Returns: all pieces, in the order of the connectors.
    mutating func prepare(with compressor: Compressor) -> [Segment] {
        pieces.indices.map { index in
            if let segment = pieces[index].segment { return segment }
            let segment = Segment(plain: pieces[index].plain, compressor: compressor)
            pieces[index].segment = segment
            return segment
        }
    }

    /// The piece that holds a connector, or would.
    private func pieceIndex(of key: ConnectorKey) -> Int? {
        guard !pieces.isEmpty else { return nil }
        let after = Self.firstIndex(in: pieces.indices) { (pieces[$0].keys.first ?? key) > key }
        return max(0, after - 1)
    }

    /// Finds by halves where a condition begins to hold, or the end.
    private static func firstIndex(in range: Range<Int>, where isPast: (Int) -> Bool) -> Int {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while lower < upper {
            let middle = (lower + upper) / 2
            if isPast(middle) { upper = middle } else { lower = middle + 1 }
        }
        return lower
    }

    /// Cuts, joins or drops a piece whose length has changed.
    private mutating func balance(_ index: Int) {
        let count = pieces[index].plain.count
        if pieces[index].keys.isEmpty {
            pieces.remove(at: index)
        } else if count > Self.pieceBytes, pieces[index].keys.count > 1 {
            cut(index)
        } else if count < Self.pieceBytes / 4 {
            for left in [index - 1, index] where left >= 0 && left + 1 < pieces.count {
                guard pieces[left].plain.count + pieces[left + 1].plain.count <= Self.pieceBytes / 2 else {
                    continue
                }
                return joinWithNext(left)
            }
        }
    }

    /// Cuts a piece near its middle, so that both parts have a connector.
    private mutating func cut(_ index: Int) {
        let piece = pieces[index]
        let middle = piece.ends.firstIndex { $0 >= piece.plain.count / 2 } ?? 0
        let first = min(middle + 1, piece.keys.count - 1)
        let offset = piece.start(of: first)
        pieces[index] = Piece(
            keys: Array(piece.keys[..<first]),
            ends: Array(piece.ends[..<first]),
            plain: Array(piece.plain[..<offset])
        )
        let second = Piece(
            keys: Array(piece.keys[first...]),
            ends: piece.ends[first...].map { $0 - offset },
            plain: Array(piece.plain[offset...])
        )
        pieces.insert(second, at: index + 1)
    }

    private mutating func joinWithNext(_ index: Int) {
        let next = pieces.remove(at: index + 1)
        let offset = pieces[index].plain.count
        pieces[index].segment = nil
        pieces[index].keys += next.keys
        pieces[index].ends += next.ends.map { $0 + offset }
        pieces[index].plain += next.plain
    }
}
