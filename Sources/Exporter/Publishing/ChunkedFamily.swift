// SPDX-License-Identifier: Apache-2.0

import Exposition

/// The lines of one column over all subjects, in chunks that are compressed separately.
///
/// A chunk contains the lines of neighbours in key order. A chunk that grows too long is split, and one that shrinks too
/// much is merged with a neighbour. So any change to one subject (a value, a new series, addition, removal) compresses
/// one or two chunks and never the whole column.
struct ChunkedFamily<Key: Comparable & Sendable>: Sendable {
    /// The maximum length of a chunk with more than one subject, in bytes.
    ///
    /// It is the window of deflate: a longer chunk would not compress better. Compressing it takes a fraction of a
    /// millisecond.
    static var chunkBytes: Int { 32 << 10 }

    /// The lines of a few neighbours.
    private struct Chunk {
        var keys: [Key]
        /// The end offset of each subject's lines.
        var ends: [Int]
        var plain: [UInt8]
        /// The compressed lines; `nil` if they have changed.
        var segment: Segment?

        func start(of member: Int) -> Int { member == 0 ? 0 : ends[member - 1] }
    }

    private var chunks: [Chunk] = []

    /// Replaces the lines of a subject.
    ///
    /// - Parameters:
    ///   - lines: the new lines; none removes the subject.
    ///   - key: the subject.
    /// - Returns: whether the lines differ from the previous ones.
    mutating func set(_ lines: [UInt8], of key: Key) -> Bool {
        guard let index = chunkIndex(of: key) else {
            if !lines.isEmpty { chunks.append(Chunk(keys: [key], ends: [lines.count], plain: lines)) }
            return !lines.isEmpty
        }
        let member = Self.firstIndex(in: chunks[index].keys.indices) { chunks[index].keys[$0] >= key }
        let isMember = member < chunks[index].keys.count && chunks[index].keys[member] == key
        guard isMember || !lines.isEmpty else { return false }
        let start = chunks[index].start(of: member)
        let end = isMember ? chunks[index].ends[member] : start
        guard chunks[index].plain[start..<end] != lines[...] else { return false }
        chunks[index].segment = nil
        chunks[index].plain.replaceSubrange(start..<end, with: lines)
        if !isMember {
            chunks[index].keys.insert(key, at: member)
            chunks[index].ends.insert(start, at: member)
        } else if lines.isEmpty {
            chunks[index].keys.remove(at: member)
            chunks[index].ends.remove(at: member)
        }
        let growth = lines.count - (end - start)
        for later in member..<chunks[index].ends.count { chunks[index].ends[later] += growth }
        balance(index)
        return true
    }

    /// Compresses the chunks that have changed.
    ///
    /// - Returns: the segments of all chunks, ordered by key.
    mutating func prepare(with compressor: Compressor) -> [Segment] {
        chunks.indices.map { index in
            if let segment = chunks[index].segment { return segment }
            let segment = Segment(plain: chunks[index].plain, compressor: compressor)
            chunks[index].segment = segment
            return segment
        }
    }

    /// Returns the chunk that contains a key, or into which it would be inserted; `nil` if there is no chunk.
    private func chunkIndex(of key: Key) -> Int? {
        guard !chunks.isEmpty else { return nil }
        let after = Self.firstIndex(in: chunks.indices) { (chunks[$0].keys.first ?? key) > key }
        return max(0, after - 1)
    }

    /// Returns the first index for which a condition holds, or the end of the range, by binary search.
    private static func firstIndex(in range: Range<Int>, where condition: (Int) -> Bool) -> Int {
        var (lower, upper) = (range.lowerBound, range.upperBound)
        while lower < upper {
            let middle = (lower + upper) / 2
            if condition(middle) { upper = middle } else { lower = middle + 1 }
        }
        return lower
    }

    /// Splits, merges or removes a chunk whose length has changed.
    private mutating func balance(_ index: Int) {
        let count = chunks[index].plain.count
        if chunks[index].keys.isEmpty {
            chunks.remove(at: index)
        } else if count > Self.chunkBytes, chunks[index].keys.count > 1 {
            split(index)
        } else if count < Self.chunkBytes / 4 {
            for left in [index - 1, index] where left >= 0 && left + 1 < chunks.count {
                guard chunks[left].plain.count + chunks[left + 1].plain.count <= Self.chunkBytes / 2 else {
                    continue
                }
                return mergeWithNext(left)
            }
        }
    }

    /// Splits a chunk near its middle, so that both parts contain a subject.
    private mutating func split(_ index: Int) {
        let chunk = chunks[index]
        let middle = chunk.ends.firstIndex { $0 >= chunk.plain.count / 2 } ?? 0
        let first = min(middle + 1, chunk.keys.count - 1)
        let offset = chunk.start(of: first)
        chunks[index] = Chunk(
            keys: Array(chunk.keys[..<first]),
            ends: Array(chunk.ends[..<first]),
            plain: Array(chunk.plain[..<offset])
        )
        let second = Chunk(
            keys: Array(chunk.keys[first...]),
            ends: chunk.ends[first...].map { $0 - offset },
            plain: Array(chunk.plain[offset...])
        )
        chunks.insert(second, at: index + 1)
    }

    private mutating func mergeWithNext(_ index: Int) {
        let next = chunks.remove(at: index + 1)
        let offset = chunks[index].plain.count
        chunks[index].segment = nil
        chunks[index].keys += next.keys
        chunks[index].ends += next.ends.map { $0 + offset }
        chunks[index].plain += next.plain
    }
}
