// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Exporter

/// Secrets in the wrong place of a configuration: no error repeats them.
struct SecretValueTests {
    private static let secret = "v1.0-Se-cRet/4f9c0123456789abcdef"

    /// The values that replace a value.
    private static let values = [
        "S", "\"S\"", "'S", "[S]", "[S, S]", "[S", "{S: S}", "{S: S, S: S}", "- S", "*S", "&S x", "!S x",
        "!!S x", "|S", "@S", "%S", "S: S", "? S", "1S", "S\n\t S", "1h\nS: 1\nS: 2", "https://S@host/",
        "http://S/", "S://x", "https://host:S", "https://host/S?", "https://[S", "https://host/<S>",
    ].map { $0.replacing("S", with: secret) }

    /// Returns texts in which one key or one value is replaced.
    private static func variants(of text: String) -> [String] {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return lines.indices.flatMap { index -> [String] in
            let line = lines[index]
            guard !line.trimmingPrefix(while: { $0 == " " }).hasPrefix("#") else { return [] }
            let colon = line.firstRange(of: ": ")
            let dash = line.firstRange(of: "- ")
            var replaced: [String] = []
            if let colon { replaced += values.map { line[..<colon.upperBound] + $0 } }
            if let dash { replaced += values.map { line[..<dash.upperBound] + $0 } }
            let indent = line.prefix { $0 == " " }
            replaced.append("\(indent)\(secret): \(colon.map { String(line[$0.upperBound...]) } ?? "")")
            return replaced.map { (lines[..<index] + [$0] + lines[(index + 1)...]).joined(separator: "\n") }
        }
    }

    private static func expectNoSecret(
        in cases: ConfigurationCases,
        by parse: (String, String) throws -> Void
    ) throws {
        var errors = 0
        for name in cases.names(".good.yml") {
            let text = try String(contentsOfFile: cases.path("\(name).good.yml"), encoding: .utf8)
            for variant in variants(of: text) {
                do {
                    try parse(variant, cases.path("variant.yml"))
                } catch {
                    errors += 1
                    #expect(!"\(error)".contains("Se-cRet"), "\(error)")
                }
            }
        }
        #expect(errors > 100)
    }

    @Test func `no error of the configuration repeats a value`() throws {
        try Self.expectNoSecret(in: .polling) { _ = try ConfigurationFile.parse($0, path: $1) }
    }

    @Test func `no error of the web configuration repeats a value`() throws {
        try Self.expectNoSecret(in: .web) { text, path in
            var files = WatchedFiles()
            _ = try WebConfigurationFile.parse(text, path: path, files: &files)
        }
    }
}
