// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition
import Foundation
import TestSupport
import Testing

@testable import Exporter

@Suite(.timeLimit(.minutes(2))) struct `A body put together` {
    /// All lines that were ever set and not ended.
    private struct Truth {
        var connectors: [ConnectorKey: [[UInt8]]] = [:]
        var accounts: [String: [[UInt8]]] = [:]
        var exporter: [[UInt8]]

        /// The body of a process that has just started and knows all of it.
        func encoded(withCreated: Bool) -> PublishedBody {
            var assembly = BodyBuilder(withCreated: withCreated)
            assembly.setExporter(exporter)
            for (account, lines) in accounts { assembly.set(lines, ofAccount: account) }
            for (key, lines) in connectors { assembly.set(lines, ofConnector: key) }
            return assembly.body(generation: 1)
        }
    }

    private static func lines(_ columns: FamilyColumns, _ name: String, _ random: inout SeededRandom)
        -> [[UInt8]]
    {
        (0..<columns.count).map { column in
            (0..<Int.random(in: 0...6, using: &random)).flatMap { line in
                "family_\(column){name=\"\(name)\",line=\"\(line)\"} \(random.next() % 100)\n".utf8
            }
        }
    }

    @Test(arguments: 1...12)
    func `after any changes it says what a fresh one says, in both formats and codings`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let withCreated = seed % 2 == 0
        var assembly = BodyBuilder(withCreated: withCreated)
        var truth = Truth(exporter: Array(repeating: [], count: assembly.exporterColumns.count))
        for round in 0..<20 {
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                let name = "\(Int.random(in: 0..<40, using: &random))"
                let key = ConnectorKey(account: "a", connector: name)
                switch Int.random(in: 0..<12, using: &random) {
                case 0:
                    truth.connectors[key] = nil
                    assembly.remove(connector: key)
                case 1:
                    truth.exporter = Self.lines(assembly.exporterColumns, "", &random)
                    assembly.setExporter(truth.exporter)
                case 2:
                    let isGone = Bool.random(using: &random)
                    truth.accounts[name] = isGone ? nil : Self.lines(assembly.accountColumns, name, &random)
                    assembly.set(truth.accounts[name], ofAccount: name)
                default:
                    let lines = Self.lines(assembly.connectorColumns, name, &random)
                    truth.connectors[key] = lines
                    assembly.set(lines, ofConnector: key)
                }
            }
            let body = assembly.body(generation: round)
            let fresh = truth.encoded(withCreated: withCreated)
            for dialect in ExpositionFormat.allCases {
                let plain = Array(body[dialect].plain(tail: []).shared.joined())
                #expect(
                    plain == Array(fresh[dialect].plain(tail: []).shared.joined()),
                    "seed \(seed), round \(round)"
                )
                if round % 10 == 9 {
                    let gzip = body[dialect].gzip(tail: dialect.terminator)
                    let packed = Array(gzip.shared.joined()) + gzip.end
                    #expect(
                        try Self.unpacked(packed) == plain + dialect.terminator,
                        "seed \(seed), round \(round)"
                    )
                }
            }
        }
    }

    /// What `gzip -dc` makes of some bytes.
    private static func unpacked(_ packed: [UInt8]) throws -> [UInt8] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).gz")
        try Data(packed).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/gzip")
        process.arguments = ["-dc", file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return Array(output)
    }

    @Test func `an account that changes compresses its lines and nothing of the connectors`() {
        var random = SeededRandom(seed: 1)
        let compressor = Compressor()
        var assembly = BodyBuilder(withCreated: false, compressor: compressor)
        for number in 0..<300 {
            let key = ConnectorKey(account: "a", connector: "\(number)")
            assembly.set(Self.lines(assembly.connectorColumns, "\(number)", &random), ofConnector: key)
        }
        _ = assembly.body(generation: 1)
        let before = compressor.byteCount
        let lines = Self.lines(assembly.accountColumns, "a", &random)
        assembly.set(lines, ofAccount: "a")
        _ = assembly.body(generation: 2)
        #expect(compressor.byteCount - before == lines.reduce(0) { $0 + $1.count })
        _ = assembly.body(generation: 3)
        #expect(compressor.byteCount - before == lines.reduce(0) { $0 + $1.count })
    }
}
