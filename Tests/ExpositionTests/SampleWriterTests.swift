// SPDX-License-Identifier: Apache-2.0

import Exposition
import TestSupport
import Testing

@Suite struct SampleWriterTests {
    private static let gauge = MetricDefinition(name: "some_value", type: .gauge, help: "Some value.")

    private static let histogram = MetricDefinition(
        name: "delay_seconds",
        type: .histogram,
        help: "Delay.",
        unit: "seconds",
        labels: ["kind"]
    )

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `writes label values and numbers that parse back`(seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let labels = (0..<Int.random(in: 0...4, using: &generator)).map { index in
                ["label_\(index)", Self.text(&generator)]
            }
            let definition = MetricDefinition(
                name: "some_value",
                type: .gauge,
                help: "Some value.",
                labels: labels.map { $0[0] }
            )
            let value = Double(bitPattern: generator.next())
            let shared = Int.random(in: 0...labels.count, using: &generator)
            var writer = SampleWriter(definition, sharing: labels.prefix(shared).map { $0[1] })
            writer.append(value, labels: labels.dropFirst(shared).map { $0[1] })

            var bytes = writer.bytes
            #expect(bytes.popLast() == UInt8(ascii: "\n"), "seed \(seed)")
            let line = try #require(SampleLine(bytes), "seed \(seed): \(labels)")
            #expect(line.name == "some_value")
            #expect(line.labels == labels, "seed \(seed)")
            if value.isNaN {
                #expect(line.value == "NaN")
            } else {
                #expect(Double(line.value) == value, "seed \(seed)")
            }
        }
    }

    /// Returns random text with many characters that need escaping.
    private static func text(_ generator: inout SeededRandom) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...24, using: &generator) {
            if Bool.random(using: &generator) {
                text.append(
                    ["\\", "\"", "\n", "\r", "n", "{", "}", ",", "=", "\0"].randomElement(using: &generator)
                        ?? "x"
                )
            } else if let scalar = Unicode.Scalar(UInt32.random(in: 0...0x10ffff, using: &generator)) {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    @Test(
        arguments: [
            (0, "0"), (-0.0, "-0.0"), (3, "3"), (-3, "-3"), (0.25, "0.25"), (1e15, "1000000000000000"),
            (9_007_199_254_740_991, "9007199254740991"), (9_007_199_254_740_992, "9007199254740992.0"),
            (1e300, "1e+300"),
            (.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"),
        ] as [(Double, String)]
    )
    func `writes numbers in their shortest form`(value: Double, text: String) {
        var writer = SampleWriter(Self.gauge)
        writer.append(value)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "some_value \(text)\n")
    }

    @Test func `writes shared labels before the labels of each line`() {
        let definition = MetricDefinition(name: "a", type: .gauge, help: "x", labels: ["one", "two"])
        var writer = SampleWriter(definition, sharing: ["1"])
        writer.append(1, labels: ["x"])
        writer.append(2, labels: ["y"])
        #expect(
            String(decoding: writer.bytes, as: UTF8.self) == """
                a{one="1",two="x"} 1
                a{one="1",two="y"} 2

                """
        )
    }

    @Test func `writes created samples with the name of the family`() {
        let counter = MetricDefinition(
            name: "events_total",
            type: .counter,
            help: "Events.",
            labels: ["kind"]
        )
        var events = SampleWriter(counter)
        events.append(3, labels: ["Init"])
        events.append(created: 1_700_000_000.5, labels: ["Init"])
        var delays = SampleWriter(Self.histogram)
        delays.append(created: 1_700_000_000, labels: ["Init"])
        #expect(
            String(decoding: events.bytes + delays.bytes, as: UTF8.self) == """
                events_total{kind="Init"} 3
                events_created{kind="Init"} 1700000000.5
                delay_seconds_created{kind="Init"} 1700000000

                """
        )
    }

    @Test func `traps on a value that does not fit the type of the family`() async {
        await #expect(processExitsWith: .failure) {
            var writer = SampleWriter(Self.histogram)
            writer.append(1, labels: ["Init"])
        }
        await #expect(processExitsWith: .failure) {
            var writer = SampleWriter(Self.gauge)
            writer.append(HistogramValue(HistogramBuckets([1])))
        }
        await #expect(processExitsWith: .failure) {
            var writer = SampleWriter(Self.gauge)
            writer.append(created: 1)
        }
    }

    @Test func `traps on the wrong number of label values`() async {
        await #expect(processExitsWith: .failure) {
            var writer = SampleWriter(Self.gauge)
            writer.append(1, labels: ["Init"])
        }
        await #expect(processExitsWith: .failure) {
            var writer = SampleWriter(Self.histogram, sharing: ["Init"])
            writer.append(HistogramValue(HistogramBuckets([1])), labels: ["Init"])
        }
    }
}
