// SPDX-License-Identifier: Apache-2.0

import EventLedger
import Foundation
import LinuxSystem
import Logging
import Polling
import Testing

@testable import Exporter

@Suite struct StorageLogTests {
    /// Returns the log lines of a sequence of events, each with its time.
    private func lines(_ body: (_ record: (StorageEvent, Double) -> Void) -> Void) throws -> [Substring] {
        let pipe = Pipe()
        let log = StorageLog(
            logger: LogFormat.logfmt.logger(to: pipe.fileHandleForWriting.fileDescriptor),
            statistics: PollStatistics()
        )
        body { log.record($0, at: Uptime(seconds: $1)) }
        try pipe.fileHandleForWriting.close()
        let text = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        return text.split(separator: "\n")
    }

    private let failing = StorageEvent.failing(LedgerError(.full, "the disk is full"))

    @Test func `logs the beginning and the end of a failure once`() throws {
        let lines = try lines { record in
            for second in 0..<300 { record(failing, Double(second)) }
            record(.recovered, 300)
        }
        #expect(lines.count == 2)
        #expect(lines.first?.contains("event=storage_failing") == true)
        #expect(lines.last?.contains("event=storage_recovered") == true)
    }

    @Test func `logs one pair per minute if the storage fails and recovers repeatedly`() throws {
        let lines = try lines { record in
            for second in 0..<180 {
                record(failing, Double(second))
                record(.recovered, Double(second) + 0.5)
            }
        }
        #expect(lines.count == 6)
        let counts = lines.map { $0.firstMatch(of: /failures.not.logged=([0-9]+)/).map { "\($0.output.1)" } }
        #expect(counts == [nil, nil, "59", nil, "59", nil])
    }

    @Test func `logs a failure that began soon after another one and lasts`() throws {
        let lines = try lines { record in
            record(failing, 0)
            record(.recovered, 1)
            for second in 2..<100 { record(failing, Double(second)) }
        }
        #expect(lines.count == 3)
        #expect(lines.last?.contains("event=storage_failing") == true)
    }

    @Test func `warns of an unprotected directory`() throws {
        let lines = try lines { record in
            record(.unprotected(path: "/data", weakness: "is writable by its group or by all users"), 0)
        }
        #expect(lines.count == 1)
        #expect(lines[0].contains(" level=WARN event=storage_unprotected "))
        #expect(lines[0].contains(" path=/data "))
    }
}

extension LogFormat {
    /// Returns a logger that writes to a file descriptor.
    func logger(to descriptor: Int32) -> Logger {
        Logger(label: "test") { _ in LineLogHandler(format: self, descriptor: descriptor) }
    }
}
