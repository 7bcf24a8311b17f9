// SPDX-License-Identifier: Apache-2.0

import Exposition
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct PreparedBodyTests {
    /// Bodies with segments of many lengths and contents.
    private static let samples: [(plain: [UInt8], body: PreparedBody, tail: [UInt8])] = {
        var samples: [(plain: [UInt8], body: PreparedBody, tail: [UInt8])] = []
        for seed in 0..<60 as Range<UInt64> {
            var generator = SeededRandom(seed: seed)
            let compressor = Compressor(level: Int(seed % 10))
            let parts = (0..<Int.random(in: 0...12, using: &generator)).map { _ in part(&generator) }
            let segments = parts.map { Segment(plain: $0, compressor: compressor) }
            let tail = seed % 5 == 0 ? [] : part(&generator)
            samples.append((parts.flatMap(\.self) + tail, PreparedBody(segments: segments), tail))
        }
        return samples
    }()

    /// Returns no bytes, a few bytes, sample lines, random bytes, or a part longer than the window of deflate.
    private static func part(_ generator: inout SeededRandom) -> [UInt8] {
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: []
        case 1:
            (0..<Int.random(in: 1...9, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
        case 2: (0..<70_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        case 3: Array(repeating: UInt8(ascii: "a"), count: Int.random(in: 1...200_000, using: &generator))
        default:
            (0..<Int.random(in: 1...400, using: &generator)).flatMap { line in
                "events_total{connector_id=\"\(generator.next() % 7)\",kind=\"Init\"} \(line)\n".utf8
            }
        }
    }

    @Test func `sends the segments and the tail uncompressed`() {
        for sample in Self.samples {
            let encoded = sample.body.plain(tail: sample.tail)
            #expect(encoded.bytes == sample.plain)
            #expect(encoded.sharedCount == sample.plain.count - sample.tail.count)
            #expect(!encoded.chunks.contains { $0.isEmpty })
            #expect(sample.body.count == sample.plain.count - sample.tail.count)
        }
    }

    @Test func `gzip(1) reads the compressed chunks as one file`() throws {
        let directory = try TemporaryDirectory()
        for (index, sample) in Self.samples.enumerated() {
            let encoded = sample.body.gzip(tail: sample.tail)
            #expect(encoded.shared.map(\.count) == [encoded.sharedCount])
            try Data(encoded.bytes).write(to: URL(filePath: directory.file("\(index).gz")))
        }
        let (status, output) = try runCommand(["gzip", "-dkr", directory.path])
        #expect(status == 0 && output.isEmpty, "\(output)")
        for (index, sample) in Self.samples.enumerated() {
            let plain = try Data(contentsOf: URL(filePath: directory.file("\(index)")))
            #expect(Array(plain) == sample.plain, "seed \(index)")
        }
    }

    @Test func `zlib reads one member without trailing bytes`() throws {
        let script = """
            import gzip, sys, zlib, pathlib
            for file in sorted(pathlib.Path(sys.argv[1]).glob("*.gz")):
                data, plain = file.read_bytes(), file.with_suffix(".plain").read_bytes()
                assert gzip.decompress(data) == plain, f"{file.name}: gzip"
                whole = zlib.decompressobj(31)
                assert whole.decompress(data) == plain, f"{file.name}: zlib"
                assert whole.eof and whole.unused_data == b"", f"{file.name}: not one member"
                step, text = zlib.decompressobj(31), b""
                for start in range(0, len(data), 1000):
                    text += step.decompress(data[start:start + 1000])
                assert text == plain and step.eof, f"{file.name}: in steps"
                cut = zlib.decompressobj(31)
                cut.decompress(data[:-1])
                assert not cut.eof, f"{file.name}: complete before its end"
            print("all read")
            """
        let directory = try TemporaryDirectory()
        for (index, sample) in Self.samples.enumerated() {
            let bytes = sample.body.gzip(tail: sample.tail).bytes
            try Data(bytes).write(to: URL(filePath: directory.file("\(index).gz")))
            try Data(sample.plain).write(to: URL(filePath: directory.file("\(index).plain")))
        }
        let (status, output) = try runCommand(["python3", "-c", script, directory.path])
        #expect(status == 0 && output == "all read\n", "\(output)")
    }

    @Test func `does not depend on the tail of an earlier scrape`() {
        let body = PreparedBody(segments: [Segment(plain: Array("a 1\n".utf8), compressor: Compressor())])
        let first = body.gzip(tail: Array("b 1\n".utf8)).bytes
        _ = body.gzip(tail: Array("c 1\n".utf8))
        _ = body.gzip(tail: [])
        #expect(body.gzip(tail: Array("b 1\n".utf8)).bytes == first)
    }

    @Test func `compresses equal segments to equal bytes`() {
        let compressor = Compressor()
        let text = Array("events_total{kind=\"Init\"} 1\n".utf8)
        let first = PreparedBody(segments: [Segment(plain: text, compressor: compressor)])
            .gzip(tail: []).bytes
        _ = Segment(plain: text + text, compressor: compressor)
        #expect(
            PreparedBody(segments: [Segment(plain: text, compressor: compressor)]).gzip(tail: []).bytes
                == first
        )
    }

    @Test func `compresses sample lines to less than a fifth`() {
        let lines = (0..<500).flatMap { "events_total{connector_id=\"\($0)\",kind=\"Init\"} 1\n".utf8 }
        let segment = Segment(plain: lines, compressor: Compressor())
        #expect(segment.count == lines.count)
        #expect(segment.compressedCount * 5 < segment.count)
    }

    @Test func `traps on an invalid compression level`() async {
        await #expect(processExitsWith: .failure) { _ = Compressor(level: 10) }
    }
}
