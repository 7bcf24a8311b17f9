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
        var grid = SegmentGrid(familyCount: 3)
        var lines: [ConnectorKey: [[UInt8]]] = [:]
        for round in 0..<60 {
            for _ in 0..<Int.random(in: 1...8, using: &random) {
                let key = ConnectorKey(account: "a", connector: "\(Int.random(in: 0..<50, using: &random))")
                if Int.random(in: 0..<5, using: &random) == 0 {
                    lines[key] = nil
                    grid.remove(key)
                } else {
                    var new = lines[key] ?? [[], [], []]
                    new[Int.random(in: 0..<3, using: &random)] = Array("\(key) \(round)\n".utf8)
                    lines[key] = new
                    grid.set(new, of: key)
                }
            }
            let segments = grid.prepare(with: compressor)
            for family in 0..<3 {
                let expected = lines.sorted { $0.key < $1.key }.flatMap { $0.value[family] }
                let said = PreparedBody(segments: segments[family]).plain(tail: []).flatMap(\.self)
                #expect(said == expected, "seed \(seed), round \(round)")
            }
        }
    }
}
