// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing
import TestSupport

@testable import Exporter

/// The file of the event log.
struct EventLogOutputTests {
    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    @Test func `appends to the file at the path, also after it was moved`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("events.json")
        try EventLogOutput.append(Array("one\n".utf8), to: path)
        try EventLogOutput.append(Array("two\n".utf8), to: path)
        try FileManager.default.moveItem(atPath: path, toPath: "\(path).1")
        try EventLogOutput.append(Array("three\n".utf8), to: path)
        #expect(try text("\(path).1") == "one\ntwo\n")
        #expect(try text(path) == "three\n")
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode.map { $0 & 0o027 } == 0, "other users cannot read it")
    }

    @Test(arguments: [
        ("", ""), ("whole\n", "whole\n"), ("whole\npart", "whole\n"), ("part", ""),
        ("whole\n" + String(repeating: "x", count: 10_000), "whole\n"),
    ])
    func `removes an incomplete line of a crash`(before: String, kept: String) throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write(before, to: "events.json")
        try EventLogOutput.append(Array("next\n".utf8), to: path)
        #expect(try text(path) == kept + "next\n")
    }

    @Test func `an error names the setting, the path and the remedy`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("missing/events.json")
        let error = #expect(throws: EventLogError.self) { try EventLogOutput.append([1], to: path) }
        #expect(
            error?.description
                == "events_log.path: \(path): No such file or directory; check that its directory exists, that this user "
                + "may write it, and that the disk is not full"
        )
    }
}
