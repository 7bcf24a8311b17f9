// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The files beside the tests: `*.good.yml` load, `*.bad.yml` have their error beside them.
enum ConfigurationCases {
    static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
        "Files"
    )

    /// The names of the files that end in a verdict, without it.
    static func names(_ verdict: String) -> [String] {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
        return files.filter { $0.hasSuffix(verdict) }.map { String($0.dropLast(verdict.count)) }.sorted()
    }

    /// A file by its name.
    static func path(_ name: String) -> String { directory.appendingPathComponent(name).path }
}
