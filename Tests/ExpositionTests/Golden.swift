// SPDX-License-Identifier: Apache-2.0

import Exposition
import Foundation
import Testing

/// A body whose bytes are written down in `Golden/`; `UPDATE_GOLDEN=1` writes them anew.
struct Golden: Sendable, CustomTestStringConvertible {
    /// What the file is called.
    let name: String

    /// The families, each with its samples.
    let families: [(definition: MetricDefinition, samples: @Sendable (inout SampleWriter) -> Void)]

    var testDescription: String { name }

    /// The body as a scrape would get it, by segments.
    func body(_ dialect: ExpositionFormat) -> [UInt8] {
        let compressor = Compressor()
        var segments: [Segment] = []
        for family in families {
            var writer = SampleWriter()
            family.samples(&writer)
            segments.append(
                Segment(plain: FamilyMetadata(family.definition).bytes(dialect), compressor: compressor)
            )
            segments.append(Segment(plain: writer.bytes, compressor: compressor))
        }
        return PreparedBody(segments: segments).plain(tail: dialect.terminator).bytes
    }

    func url(_ dialect: ExpositionFormat) -> URL {
        Self.directory.appendingPathComponent(name + (dialect == .text004 ? ".prom" : ".om"))
    }

    /// Compares the body with the file, or writes it.
    func check(_ dialect: ExpositionFormat) throws {
        let body = body(dialect)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try Data(body).write(to: url(dialect))
        }
        let expected = try String(contentsOf: url(dialect), encoding: .utf8)
        #expect(String(decoding: body, as: UTF8.self) == expected)
    }

    static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden")
}
