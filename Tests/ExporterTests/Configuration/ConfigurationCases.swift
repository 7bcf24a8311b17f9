// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Exporter

/// The test files: each `*.good.yml` is valid, and the error of each `*.bad.yml` is in `*.bad.txt`.
struct ConfigurationCases: Sendable {
    let directory: URL

    private init(_ folder: String) {
        directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(folder)
    }

    /// The cases of the configuration file.
    static let polling = ConfigurationCases("Files")

    /// The cases of the web configuration file.
    static let web = ConfigurationCases("WebFiles")

    /// Returns the names of files with a suffix, without the suffix.
    func names(_ suffix: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return files.filter { $0.hasSuffix(suffix) }.map { String($0.dropLast(suffix.count)) }.sorted()
    }

    /// Returns the path of a file.
    func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    /// Compares the error of a bad file with its text file.
    ///
    /// If the environment has `UPDATE_GOLDEN=1`, the error is written to the text file instead.
    func expectError(of name: String, by load: (String) throws -> Void) throws {
        let expected = URL(fileURLWithPath: path("\(name).bad.txt"))
        let error = try #require(throws: ConfigurationError.self) { try load(path("\(name).bad.yml")) }
        let shown = error.description.replacing(directory.path + "/", with: "")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try Data((shown + "\n").utf8).write(to: expected)
        }
        #expect(shown + "\n" == (try String(contentsOf: expected, encoding: .utf8)))
        #expect(!shown.unicodeScalars.contains { $0.properties.generalCategory == .control })
        #expect(!shown.contains("secret"), "the error contains a secret")
    }
}
