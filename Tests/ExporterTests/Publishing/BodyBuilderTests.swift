// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition
import Foundation
import TestSupport
import Testing

@testable import Exporter

@Suite(.timeLimit(.minutes(2))) struct BodyBuilderTests {
    /// The lines that were set and not removed.
    private struct Model {
        var connectors: [ConnectorKey: [[UInt8]]] = [:]
        var accounts: [String: [[UInt8]]] = [:]
        var exporter: [[UInt8]]

        /// Returns the body of a new builder with all lines.
        func body(withCreated: Bool) -> PublishedBody {
            var builder = BodyBuilder(withCreated: withCreated)
            builder.setExporter(exporter)
            for (account, lines) in accounts { builder.set(lines, ofAccount: account) }
            for (key, lines) in connectors { builder.set(lines, ofConnector: key) }
            return builder.body(generation: 1)
        }
    }

    private static func lines(_ layout: ColumnLayout, _ name: String, _ random: inout SeededRandom)
        -> [[UInt8]]
    {
        (0..<layout.count).map { column in
            (0..<Int.random(in: 0...6, using: &random)).flatMap { line in
                "family_\(column){name=\"\(name)\",line=\"\(line)\"} \(random.next() % 100)\n".utf8
            }
        }
    }

    @Test(arguments: 1...12)
    func `builds the same body as a new builder after random changes`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let withCreated = seed % 2 == 0
        var builder = BodyBuilder(withCreated: withCreated)
        var model = Model(exporter: Array(repeating: [], count: builder.exporterFamilies.layout.count))
        let directory = try TemporaryDirectory()
        var expected: [URL: [UInt8]] = [:]
        for round in 0..<20 {
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                let name = "\(Int.random(in: 0..<40, using: &random))"
                let key = ConnectorKey(account: "a", connector: name)
                switch Int.random(in: 0..<12, using: &random) {
                case 0:
                    model.connectors[key] = nil
                    builder.remove(connector: key)
                case 1:
                    model.exporter = Self.lines(builder.exporterFamilies.layout, "", &random)
                    builder.setExporter(model.exporter)
                case 2:
                    let isRemoved = Bool.random(using: &random)
                    let lines = Self.lines(builder.accountFamilies.layout, name, &random)
                    model.accounts[name] = isRemoved ? nil : lines
                    if isRemoved {
                        builder.remove(account: name)
                    } else {
                        builder.set(lines, ofAccount: name)
                    }
                default:
                    let lines = Self.lines(builder.connectorFamilies.layout, name, &random)
                    model.connectors[key] = lines
                    builder.set(lines, ofConnector: key)
                }
            }
            let body = builder.body(generation: round)
            let fresh = model.body(withCreated: withCreated)
            for format in ExpositionFormat.allCases {
                let plain = Array(body[format].plain(tail: []).shared.joined())
                #expect(
                    plain == Array(fresh[format].plain(tail: []).shared.joined()),
                    "seed \(seed), round \(round)"
                )
                if round % 10 == 9 {
                    let gzip = body[format].gzip(tail: format.terminator)
                    let file = URL(filePath: directory.file("\(round)-\(format)"))
                    try Data(gzip.shared.joined() + gzip.tail).write(to: file.appendingPathExtension("gz"))
                    expected[file] = plain + format.terminator
                }
            }
        }
        let (status, output) = try runCommand(["gzip", "-dr", directory.path])
        #expect(status == 0, "\(output)")
        for (file, plain) in expected {
            #expect(try Array(Data(contentsOf: file)) == plain, "seed \(seed), \(file.lastPathComponent)")
        }
    }

    @Test func `compresses only the lines of an account that changed`() {
        var random = SeededRandom(seed: 1)
        let compressor = Compressor()
        var builder = BodyBuilder(withCreated: false, compressor: compressor)
        for number in 0..<300 {
            let key = ConnectorKey(account: "a", connector: "\(number)")
            builder.set(Self.lines(builder.connectorFamilies.layout, "\(number)", &random), ofConnector: key)
        }
        _ = builder.body(generation: 1)
        let before = compressor.byteCount
        let lines = Self.lines(builder.accountFamilies.layout, "a", &random)
        builder.set(lines, ofAccount: "a")
        _ = builder.body(generation: 2)
        #expect(compressor.byteCount - before == lines.reduce(0) { $0 + $1.count })
        _ = builder.body(generation: 3)
        #expect(compressor.byteCount - before == lines.reduce(0) { $0 + $1.count })
    }
}
