// SPDX-License-Identifier: Apache-2.0

@testable import Exporter
import Foundation
import Glibc
import HTTPTransport
import Logging
import Testing

@Suite(.timeLimit(.minutes(1))) struct LineLogHandlerTests {
    /// Returns the lines that a logger writes to a pipe.
    private func output(
        _ format: LogFormat,
        level: LogLevel = .info,
        provider: Logger.MetadataProvider? = nil,
        _ body: (inout Logger) -> Void
    ) throws -> String {
        let pipe = Pipe()
        var logger = Logger(label: "test") { _ in
            var handler = LineLogHandler(
                format: format,
                descriptor: pipe.fileHandleForWriting.fileDescriptor,
                now: { Date(timeIntervalSince1970: 1_795_426_440.125) }
            )
            handler.metadataProvider = provider
            return handler
        }
        logger.logLevel = level.level
        body(&logger)
        try pipe.fileHandleForWriting.close()
        return String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    }

    @Test func `logfmt has time, level, event, message and sorted metadata`() throws {
        let text = try output(.logfmt) { logger in
            logger[metadataKey: "connector"] = "c1"
            logger.warning(
                "poll failed",
                metadata: ["reason": "timeout", "event": "poll_failed", "attempt": "\(2)", "empty": ""]
            )
        }
        #expect(
            text
                == #"time=2026-11-23T09:34:00.125Z level=WARN event=poll_failed msg="poll failed" attempt=2 connector=c1 empty="" reason=timeout"#
                + "\n"
        )
    }

    @Test func `JSON has the same order`() throws {
        let text = try output(.json) { logger in
            logger.error(
                "poll failed",
                metadata: ["reason": "timeout", "event": "poll_failed", "attempt": "\(2)"]
            )
        }
        #expect(
            text
                == #"{"time":"2026-11-23T09:34:00.125Z","level":"ERROR","event":"poll_failed","msg":"poll failed","attempt":"2","reason":"timeout"}"#
                + "\n"
        )
    }

    @Test(
        arguments: [
            (.debug, ["DEBUG", "INFO", "INFO", "WARN", "ERROR", "ERROR"]),
            (.info, ["INFO", "INFO", "WARN", "ERROR", "ERROR"]),
            (.warn, ["WARN", "ERROR", "ERROR"]),
            (.error, ["ERROR", "ERROR"]),
        ] as [(LogLevel, [String])]
    )
    func `a level hides less severe entries`(level: LogLevel, shown: [String]) throws {
        let text = try output(.logfmt, level: level) { logger in
            for level in Logger.Level.allCases { logger.log(level: level, "x") }
        }
        let levels = text.split(separator: "\n").compactMap { $0.split(separator: " ").dropFirst().first }
        #expect(levels == shown.map { "level=\($0)" })
    }

    @Test func `levels and formats have the names of other Prometheus exporters`() {
        #expect(LogLevel.allCases.map(\.rawValue) == ["debug", "info", "warn", "error"])
        #expect(LogFormat.allCases.map(\.rawValue) == ["logfmt", "json"])
    }

    @Test func `metadata of the call overrides the task's, which overrides the logger's`() throws {
        let provider = Logger.MetadataProvider { ["a": "task", "b": "task"] }
        let text = try output(.logfmt, provider: provider) { logger in
            logger[metadataKey: "a"] = "logger"
            logger[metadataKey: "b"] = "logger"
            logger[metadataKey: "c"] = "logger"
            logger.info("x", metadata: ["a": "call"])
        }
        #expect(text.hasSuffix(" msg=x a=call b=task c=logger\n"))
    }

    /// Text that could be mistaken for another line or field.
    private static let hostile = [
        "a\nlevel=ERROR msg=forged", "a\r\nb", "\u{1b}[2J", "a\" b=\"c", #"\"#, #"a\nb"#, "a=b", "\0",
        "\u{7f}\u{9b}", "\u{2028}x",
        "\u{202e}gnp.exe", "e\u{301}ü漢🛰", "\u{e0001}", "",
    ]

    @Test(arguments: hostile, LogFormat.allCases)
    func `a text cannot start another line or field`(text: String, format: LogFormat) throws {
        let written = try output(format) { logger in
            logger.info("\(text)", metadata: ["key": "\(text)", "z": "end"])
        }
        #expect(written.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
        #expect(
            !written.dropLast().unicodeScalars.contains {
                [.control, .format, .lineSeparator].contains($0.properties.generalCategory)
            }
        )
        switch format {
        case .json:
            let object = try JSONDecoder().decode([String: String].self, from: Data(written.utf8))
            #expect(object["msg"] == text && object["key"] == text && object.count == 5)
        case .logfmt:
            let fields = try #require(Self.logfmt(written.dropLast()))
            #expect(fields.map(\.name) == ["time", "level", "msg", "key", "z"])
            #expect(fields[2].value == text && fields[3].value == text)
        }
    }

    /// Parses logfmt, independently of the writer.
    ///
    /// Quoted values are JSON strings.
    private static func logfmt(_ line: Substring) -> [(name: String, value: String)]? {
        var rest = line.unicodeScalars[...]
        var fields: [(name: String, value: String)] = []
        while !rest.isEmpty {
            let name = String(rest.prefix { $0 != "=" && $0 != " " })
            rest = rest.dropFirst(name.unicodeScalars.count)
            guard rest.popFirst() == "=" else { return nil }
            if rest.first == "\"" {
                var end = rest.index(after: rest.startIndex)
                while end < rest.endIndex, rest[end] != "\"" {
                    if rest[end] == "\\" { end = rest.index(after: end) }
                    end = rest.index(after: end)
                }
                guard end < rest.endIndex else { return nil }
                let quoted = Data(String(rest[...end]).utf8)
                guard let value = try? JSONDecoder().decode(String.self, from: quoted) else { return nil }
                fields.append((name, value))
                rest = rest[rest.index(after: end)...]
            } else {
                let value = String(rest.prefix { $0 != " " })
                fields.append((name, value))
                rest = rest.dropFirst(value.unicodeScalars.count)
            }
            if !rest.isEmpty, rest.popFirst() != " " { return nil }
        }
        return fields
    }

    @Test func `a name cannot start another line or field`() throws {
        let text = try output(.logfmt) { logger in
            logger.info("x", metadata: ["a b\nc=\"d": "1", "": "2", "ü": "3"])
        }
        #expect(text.hasSuffix(" msg=x _=2 a_b_c__d=1 __=3\n"))
    }

    @Test(arguments: LogFormat.allCases)
    func `metadata cannot replace reserved fields`(format: LogFormat) throws {
        let text = try output(format) { logger in
            logger.info("true", metadata: ["msg": "false", "level": "NONE", "time": "never"])
        }
        #expect(
            text.contains(
                format == .logfmt ? "msg=true level_=NONE msg_=false time_=never" : #""msg":"true","level_""#
            )
        )
    }

    @Test func `lists and dictionaries have a stable order`() throws {
        let text = try output(.logfmt) { logger in
            let values: Logger.MetadataValue = .dictionary(
                Dictionary(uniqueKeysWithValues: "hgfedcba".map { ("\($0)", .array(["1", "\($0)"])) })
            )
            logger.info("x", metadata: ["all": values])
        }
        let all = "abcdefgh".map { "\($0): [1, \($0)]" }.joined(separator: ", ")
        #expect(text.hasSuffix(" all=\"{\(all)}\"\n"))
    }

    @Test(arguments: LogFormat.allCases)
    func `a line without an event key has no event field`(format: LogFormat) throws {
        let text = try output(format) { $0.info("x", metadata: ["reason": "event"]) }
        #expect(!text.contains("event=") && !text.contains("\"event\":"))
    }

    @Test func `redacts a token`() throws {
        let credential = try #require(Credential("secret"))
        let text = try output(.json) { $0.info("x", metadata: ["token": "\(credential)"]) }
        #expect(!text.contains("secret") && text.contains("‹redacted›"))
    }

    @Test(arguments: ["x", "漢", "\u{1}", "\""], LogFormat.allCases)
    func `cuts values of a line of more than 4 KiB`(character: String, format: LogFormat) throws {
        let long = String(repeating: character, count: 100_000)
        let written = try output(format) { logger in
            logger.info("x", metadata: ["event": "long", "a": "\(long)", "b": "\(long)", "c": "short"])
        }
        #expect((1000...4096).contains(written.utf8.count), "\(written.utf8.count)")
        #expect(written.hasSuffix("\n") && written.contains("long") && written.contains("short"))
        guard format == .json else { return }
        let object = try JSONDecoder().decode([String: String].self, from: Data(written.utf8))
        let value = try #require(object["a"])
        #expect(value.hasSuffix("…") && long.hasPrefix(value.dropLast()))
    }

    @Test func `writes all lines completely to a full nonblocking pipe`() throws {
        let pipe = Pipe()
        let descriptor = pipe.fileHandleForWriting.fileDescriptor
        try #require(fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0)
        let text = String(repeating: "x", count: 3000)
        Thread.detachNewThread {
            let logger = Logger(label: "test") { _ in LineLogHandler(format: .logfmt, descriptor: descriptor)
            }
            for _ in 0..<100 { logger.info("\(text)") }
            try? pipe.fileHandleForWriting.close()
        }
        let written = String(decoding: try pipe.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        let lines = written.split(separator: "\n")
        #expect(lines.count == 100)
        #expect(lines.allSatisfy { $0.hasSuffix(" msg=\(text)") })
    }
}
