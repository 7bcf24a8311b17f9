// SPDX-License-Identifier: Apache-2.0

import Exporter
import Foundation
import HTTPTransport
import Testing

@Suite struct TokenReaderTests {
    /// Gives a test the path of a file in a directory of its own.
    private func withFile(_ body: (String) throws -> Void) throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try body(directory.appendingPathComponent("token").path)
    }

    private func write(_ text: String, to path: String, atomically: Bool = false) throws {
        try text.write(toFile: path, atomically: atomically, encoding: .utf8)
    }

    @Test func `white space around a token is not part of it`() throws {
        try withFile { path in
            try write(" \n one \r\n\n", to: path)
            var reader = TokenReader(.file(path: path))
            #expect(try reader.current() == Credential("one"))
        }
    }

    @Test(arguments: [true, false])
    func `a file that was written or replaced is read again`(atomically: Bool) throws {
        try withFile { path in
            try write("one", to: path)
            var reader = TokenReader(.file(path: path))
            #expect(try reader.current() == Credential("one"))
            try write("another", to: path, atomically: atomically)
            #expect(try reader.current() == Credential("another"))
        }
    }

    @Test func `a replaced file of the same size is read again`() throws {
        try withFile { path in
            try write("one", to: path)
            var reader = TokenReader(.file(path: path))
            #expect(try reader.current() == Credential("one"))
            try write("two", to: path, atomically: true)
            #expect(try reader.current() == Credential("two"))
        }
    }

    @Test func `a link that points elsewhere is another file`() throws {
        try withFile { path in
            try write("one", to: path + ".1")
            try write("two", to: path + ".2")
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path + ".1")
            var reader = TokenReader(.file(path: path))
            #expect(try reader.current() == Credential("one"))
            try FileManager.default.removeItem(atPath: path)
            try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: path + ".2")
            #expect(try reader.current() == Credential("two"))
        }
    }

    @Test func `a file that is gone is an error until it is back`() throws {
        try withFile { path in
            try write("one", to: path)
            var reader = TokenReader(.file(path: path))
            _ = try reader.current()
            try FileManager.default.removeItem(atPath: path)
            let error = #expect(throws: ConfigurationError.self) { _ = try reader.current() }
            #expect(
                error?.description
                    == "token file \(path): No such file or directory; write the API token into it, readable by this user"
            )
            try write("two", to: path)
            #expect(try reader.current() == Credential("two"))
        }
    }

    @Test(arguments: ["", " \n", "secret words", "secret\nsecret", "sécret", "secret\0"])
    func `what is no token is not shown`(text: String) throws {
        try withFile { path in
            try write(text, to: path)
            var reader = TokenReader(.file(path: path))
            let error = #expect(throws: ConfigurationError.self) { _ = try reader.current() }
            #expect(
                error?.description
                    == "token file \(path): holds no token; write the API token and nothing else into it, on one line"
            )
        }
    }

    @Test func `a token of the environment stays`() throws {
        let credential = try #require(Credential("one"))
        var reader = TokenReader(.literal(credential))
        #expect(try reader.current() == credential)
        #expect("\(TokenSource.literal(credential))" == "literal(‹redacted›)")
    }
}
