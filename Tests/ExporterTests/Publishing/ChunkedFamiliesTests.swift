// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition
import TestSupport
import Testing

@testable import Exporter

@Suite struct ChunkedFamiliesTests {
    @Test(arguments: 1...20)
    func `prepares the lines of all subjects in key order after random changes`(
        seed: UInt64
    ) {
        var random = SeededRandom(seed: seed)
        let compressor = Compressor()
        var families = ChunkedFamilies<ConnectorKey>(columnCount: 3)
        var lines: [ConnectorKey: [[UInt8]]] = [:]
        // From lines of a few bytes, which share chunks, to lines that are longer than a chunk.
        let lengths = [1...40, 1...4000, 1...50_000]
        for round in 0..<60 {
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let key = ConnectorKey(account: "a", connector: "\(Int.random(in: 0..<50, using: &random))")
                if Int.random(in: 0..<5, using: &random) == 0 {
                    lines[key] = nil
                    _ = families.remove(key)
                } else {
                    var new = lines[key] ?? [[], [], []]
                    let family = Int.random(in: 0..<3, using: &random)
                    let length = Int.random(in: lengths[family], using: &random)
                    let isEmpty = Int.random(in: 0..<6, using: &random) == 0
                    new[family] =
                        isEmpty
                        ? [] : Array("\(key) \(round) ".utf8) + [UInt8](repeating: 0x61, count: length)
                    lines[key] = new
                    _ = families.set(new, of: key)
                }
            }
            let segments = families.prepare(with: compressor)
            for family in 0..<3 {
                let expected = lines.sorted { $0.key < $1.key }.flatMap { $0.value[family] }
                let prepared = PreparedBody(segments: segments[family]).plain(tail: []).shared.flatMap(\.self)
                #expect(prepared == expected, "seed \(seed), round \(round)")
            }
        }
    }

    /// Returns the prepared lines of a thousand connectors.
    private static func prepared(with compressor: Compressor) -> ChunkedFamilies<ConnectorKey> {
        var families = ChunkedFamilies<ConnectorKey>(columnCount: 4)
        for number in 0..<1000 { _ = families.set(lines(number, 0), of: key(number)) }
        _ = families.prepare(with: compressor)
        return families
    }

    private static func key(_ number: Int) -> ConnectorKey {
        ConnectorKey(account: "a", connector: "\(number * 7919 % 1000)")
    }

    private static func lines(_ number: Int, _ value: Int) -> [[UInt8]] {
        [4000, 2000, 130, 130].map { length in
            Array("connector \(number) \(value)\n".utf8) + [UInt8](repeating: 0x61, count: length)
        }
    }

    @Test(arguments: 0..<4)
    func `compresses one chunk if one family of one connector changes`(family: Int) {
        let compressor = Compressor()
        var families = Self.prepared(with: compressor)
        let before = compressor.byteCount
        var lines = Self.lines(500, 0)
        lines[family] = Self.lines(500, 1)[family]
        _ = families.set(lines, of: Self.key(500))
        _ = families.prepare(with: compressor)
        let cost = compressor.byteCount - before
        #expect(cost > 0 && cost <= ChunkedFamily<ConnectorKey>.chunkBytes)
    }

    @Test func `compresses nothing if lines are set again unchanged`() {
        let compressor = Compressor()
        var families = Self.prepared(with: compressor)
        let before = compressor.byteCount
        for number in 0..<1000 { _ = families.set(Self.lines(number, 0), of: Self.key(number)) }
        _ = families.prepare(with: compressor)
        #expect(compressor.byteCount == before)
    }

    @Test func `compresses at most two chunks per family if a connector is added or removed`() {
        let compressor = Compressor()
        var families = Self.prepared(with: compressor)
        for number in 0..<1000 {
            let before = compressor.byteCount
            if number % 2 == 0 {
                _ = families.remove(Self.key(number))
            } else {
                _ = families.set(
                    Self.lines(number, 0),
                    of: ConnectorKey(account: "b", connector: "\(number)")
                )
            }
            _ = families.prepare(with: compressor)
            let cost = compressor.byteCount - before
            #expect(cost > 0 && cost <= 4 * 2 * ChunkedFamily<ConnectorKey>.chunkBytes)
        }
    }

    @Test func `bounds the length and the number of chunks`() {
        let compressor = Compressor()
        var families = Self.prepared(with: compressor)
        for number in 0..<1000 where number % 10 != 0 { _ = families.remove(Self.key(number)) }
        for column in families.prepare(with: compressor) {
            let bytes = column.reduce(0) { $0 + $1.count }
            #expect(column.allSatisfy { $0.count <= ChunkedFamily<ConnectorKey>.chunkBytes })
            #expect(column.count <= 2 + bytes / (ChunkedFamily<ConnectorKey>.chunkBytes / 8))
        }
    }
}
