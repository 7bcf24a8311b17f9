// SPDX-License-Identifier: Apache-2.0

import Exposition
import Foundation
import Testing

/// A body whose expected bytes are in `Golden/`.
///
/// `UPDATE_GOLDEN=1` rewrites them.
struct Golden: Sendable, CustomTestStringConvertible {
    /// The name of the file, without its extension.
    let name: String

    /// The families, with the closures that write their samples.
    let families: [(definition: MetricDefinition, samples: @Sendable (inout SampleWriter) -> Void)]

    var testDescription: String { name }

    /// Returns the body in a format, built from segments like that of a scrape.
    func body(_ format: ExpositionFormat) -> [UInt8] {
        let compressor = Compressor()
        var segments: [Segment] = []
        for family in families {
            var writer = SampleWriter(family.definition)
            family.samples(&writer)
            segments.append(
                Segment(plain: FamilyMetadata(family.definition).bytes(format), compressor: compressor)
            )
            segments.append(Segment(plain: writer.bytes, compressor: compressor))
        }
        return PreparedBody(segments: segments).plain(tail: format.terminator).bytes
    }

    /// Returns the file of a format.
    func url(_ format: ExpositionFormat) -> URL {
        Self.directory.appendingPathComponent(name + (format == .text004 ? ".prom" : ".om"))
    }

    /// Compares the body with the file, or rewrites the file.
    func check(_ format: ExpositionFormat) throws {
        let body = body(format)
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try Data(body).write(to: url(format))
        }
        let expected = try String(contentsOf: url(format), encoding: .utf8)
        #expect(String(decoding: body, as: UTF8.self) == expected)
    }

    static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden")
}
