// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Exporter

@Suite struct HistorySpoolTests {
    @Test func `returns blocks as they were appended, and leaves no file`() throws {
        let directory = try TemporaryDirectory()
        let spool = try HistorySpool(directory: directory.path)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
        var history = FamilyHistory()
        var expected: [[SeriesChange]] = []
        for round in 0..<3 {
            for time in 1...20_000 {
                _ = history.set(
                    [RecordedSample(labels: ["ä", ""], value: Double(time) / 3)],
                    at: round * 20_000 + time
                )
            }
            expected.append(history.series[0].changes)
            try spool.append(history.series[0], number: 0, connector: 70_000 + round)
            history.removeChanges()
        }
        try spool.rewind()
        for (round, changes) in expected.enumerated() {
            let block = try #require(try spool.next())
            #expect(block.connector == 70_000 + round)
            #expect(block.labels == (round == 0 ? ["ä", ""] : []))
            #expect(block.changes == changes)
        }
        #expect(try spool.next() == nil)
    }

    @Test func `names the directory if it is missing`() throws {
        let directory = try TemporaryDirectory()
        let error = #expect(throws: CommandError.self) {
            try HistorySpool(directory: directory.file("missing"))
        }
        #expect(error?.description.contains(directory.file("missing")) == true)
        #expect(error?.description.hasSuffix("set TMPDIR to a directory with more space") == true)
    }
}
