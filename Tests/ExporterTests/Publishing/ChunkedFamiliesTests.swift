// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition
import TestSupport
import Testing

@testable import Exporter

@Suite struct `Prepared segments` {
    @Test(arguments: 1...20)
    func `whatever changes, the segments say what the lines say, family by family in the order of the keys`(
        seed: UInt64
    ) {
        var random = SeededRandom(seed: seed)
        let compressor = Compressor()
        var grid = ChunkedFamilies(columnCount: 3)
        var lines: [ConnectorKey: [[UInt8]]] = [:]
        // From lines of a few bytes, which share pieces, to some that are longer than a piece.
        let lengths = [1...40, 1...4000, 1...50_000]
        for round in 0..<60 {
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let key = ConnectorKey(account: "a", connector: "\(Int.random(in: 0..<50, using: &random))")
                if Int.random(in: 0..<5, using: &random) == 0 {
                    lines[key] = nil
                    grid.remove(key)
                } else {
                    var new = lines[key] ?? [[], [], []]
                    let family = Int.random(in: 0..<3, using: &random)
                    let length = Int.random(in: lengths[family], using: &random)
                    let isEmpty = Int.random(in: 0..<6, using: &random) == 0
                    new[family] =
                        isEmpty
                        ? [] : Array("\(key) \(round) ".utf8) + [UInt8](repeating: 0x61, count: length)
                    lines[key] = new
                    grid.set(new, of: key)
                }
            }
            let segments = grid.prepare(with: compressor)
            for family in 0..<3 {
                let expected = lines.sorted { $0.key < $1.key }.flatMap { $0.value[family] }
                let said = PreparedBody(segments: segments[family]).plain(tail: []).shared.flatMap(\.self)
                #expect(said == expected, "seed \(seed), round \(round)")
            }
        }
    }

    /// A grid of a thousand connectors, prepared, and the bytes of one connector in each of its columns.
    private static func prepared(with compressor: Compressor) -> ChunkedFamilies {
        var grid = ChunkedFamilies(columnCount: 4)
        for number in 0..<1000 { grid.set(lines(number, 0), of: key(number)) }
        _ = grid.prepare(with: compressor)
        return grid
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
    func `a change of one family of one connector compresses one piece again`(family: Int) {
        let compressor = Compressor()
        var grid = Self.prepared(with: compressor)
        let before = compressor.byteCount
        var lines = Self.lines(500, 0)
        lines[family] = Self.lines(500, 1)[family]
        grid.set(lines, of: Self.key(500))
        _ = grid.prepare(with: compressor)
        let cost = compressor.byteCount - before
        #expect(cost > 0 && cost <= ChunkedFamily.pieceBytes)
    }

    @Test func `lines that are set as they were compress nothing`() {
        let compressor = Compressor()
        var grid = Self.prepared(with: compressor)
        let before = compressor.byteCount
        for number in 0..<1000 { grid.set(Self.lines(number, 0), of: Self.key(number)) }
        _ = grid.prepare(with: compressor)
        #expect(compressor.byteCount == before)
    }

    @Test func `a connector that goes or comes compresses two pieces of each family at the most`() {
        let compressor = Compressor()
        var grid = Self.prepared(with: compressor)
        for number in 0..<1000 {
            let before = compressor.byteCount
            if number % 2 == 0 {
                grid.remove(Self.key(number))
            } else {
                grid.set(Self.lines(number, 0), of: ConnectorKey(account: "b", connector: "\(number)"))
            }
            _ = grid.prepare(with: compressor)
            let cost = compressor.byteCount - before
            #expect(cost > 0 && cost <= 4 * 2 * ChunkedFamily.pieceBytes)
        }
    }

    @Test func `pieces neither grow without a bound nor crumble`() {
        let compressor = Compressor()
        var grid = Self.prepared(with: compressor)
        for number in 0..<1000 where number % 10 != 0 { grid.remove(Self.key(number)) }
        for column in grid.prepare(with: compressor) {
            let bytes = column.reduce(0) { $0 + $1.count }
            #expect(column.allSatisfy { $0.count <= ChunkedFamily.pieceBytes })
            #expect(column.count <= 2 + bytes / (ChunkedFamily.pieceBytes / 8))
        }
    }
}
