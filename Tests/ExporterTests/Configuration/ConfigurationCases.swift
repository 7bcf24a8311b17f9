// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Exporter

/// The files beside the tests: `*.good.yml` load, `*.bad.yml` have their error beside them.
struct ConfigurationCases: Sendable {
    let directory: URL

    private init(_ folder: String) {
        directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(folder)
    }

    /// Those of the configuration file.
    static let polling = ConfigurationCases("Files")

    /// Those of the web configuration file.
    static let web = ConfigurationCases("WebFiles")

    /// The names of the files that end in a verdict, without it.
    func names(_ verdict: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return files.filter { $0.hasSuffix(verdict) }.map { String($0.dropLast(verdict.count)) }.sorted()
    }

    /// A file by its name.
    func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    /// Expects that a bad file has the error that stands beside it.
    ///
    /// With `UPDATE_GOLDEN=1` in the environment the error is written there instead.
    func expectError(of name: String, by load: (String) throws -> Void) throws {
        let sidecar = URL(fileURLWithPath: path("\(name).bad.txt"))
        let error = try #require(throws: ConfigurationError.self) { try load(path("\(name).bad.yml")) }
        let shown = error.description.replacing(directory.path + "/", with: "")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try Data((shown + "\n").utf8).write(to: sidecar)
        }
        #expect(shown + "\n" == (try String(contentsOf: sidecar, encoding: .utf8)))
        #expect(!shown.unicodeScalars.contains { $0.properties.generalCategory == .control })
        #expect(!shown.contains("secret"), "a value that may be a secret is shown")
    }
}
