// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import TestSupport
import Testing

/// Every input of the corpus, and thousands of mutations, without libFuzzer.
@Suite struct CorpusTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Corpus")

    private static func inputs(of target: FuzzTarget) throws -> [(name: String, bytes: [UInt8])] {
        let folder = folder.appending(path: target.rawValue)
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map { name in
            (name, Array(try Data(contentsOf: folder.appending(path: name))))
        }
    }

    @Test(arguments: FuzzTarget.allCases)
    func `every stored input satisfies the properties`(_ target: FuzzTarget) throws {
        let inputs = try Self.inputs(of: target)
        #expect(!inputs.isEmpty)
        for input in inputs {
            #expect(throws: Never.self, "\(target.rawValue)/\(input.name)") {
                try target.check(input.bytes)
            }
        }
    }

    @Test(arguments: FuzzTarget.allCases)
    func `mutated inputs satisfy the properties`(_ target: FuzzTarget) throws {
        let seed = UInt64.random(in: .min ... .max)
        print("CorpusTests: \(target.rawValue), seed \(seed)")
        var random = SeededRandom(seed: seed)
        let inputs = try Self.inputs(of: target).map(\.bytes)
        for round in 0..<2000 {
            let input = Self.spoiled(inputs, using: &random)
            #expect(throws: Never.self, "seed \(seed), round \(round): \(input)") { try target.check(input) }
        }
    }

    /// Returns a mutation of one input with pieces of another.
    private static func spoiled(_ inputs: [[UInt8]], using random: inout SeededRandom) -> [UInt8] {
        var bytes = inputs.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let start = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, start + Int.random(in: 0...16, using: &random))
            let other = inputs.randomElement(using: &random) ?? []
            let from = Int.random(in: 0...other.count, using: &random)
            let piece = other[from...].prefix(Int.random(in: 0...16, using: &random))
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes.removeSubrange(start..<end)
            case 1: bytes.replaceSubrange(start..<end, with: piece)
            case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: start)
            default: bytes.insert(contentsOf: bytes[start..<end], at: start)
            }
        }
        return bytes
    }
}
