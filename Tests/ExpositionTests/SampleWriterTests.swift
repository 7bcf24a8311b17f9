// SPDX-License-Identifier: Apache-2.0

import Exposition
import TestSupport
import Testing

@Suite struct SampleWriterTests {
    private static let gauge = MetricDefinition(name: "some_value", type: .gauge, help: "Some value.")

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `any label values and numbers are read back as they were`(seed: UInt64) throws {
        var generator = SeededRandom(seed: seed)
        for _ in 0..<500 {
            let labels = (0..<Int.random(in: 0...4, using: &generator)).map { index in
                Label(name: "label_\(index)", value: Self.text(&generator))
            }
            let value = Double(bitPattern: generator.next())
            var writer = SampleWriter()
            writer.append(Self.gauge, labels: labels, value: value)

            var bytes = writer.bytes
            #expect(bytes.popLast() == UInt8(ascii: "\n"), "seed \(seed)")
            let line = try #require(SampleLine(bytes), "seed \(seed): \(labels)")
            #expect(line.name == "some_value")
            #expect(line.labels == labels.map { [$0.name, $0.value] }, "seed \(seed)")
            if value.isNaN {
                #expect(line.value == "NaN")
            } else {
                #expect(Double(line.value) == value, "seed \(seed)")
            }
        }
    }

    /// Text with much of what must be escaped, and some of everything.
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
    func `a number has its shortest form`(value: Double, text: String) {
        var writer = SampleWriter()
        writer.append(Self.gauge, labels: [], value: value)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "some_value \(text)\n")
    }

    @Test func `lines follow each other until they are removed`() {
        var writer = SampleWriter(reservingCapacity: 64)
        writer.append(Self.gauge, labels: [], value: 1)
        writer.append(Self.gauge, labels: [Label(name: "a", value: "b")], value: 2)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "some_value 1\nsome_value{a=\"b\"} 2\n")
        writer.removeAll()
        writer.append(Self.gauge, labels: [], value: 3)
        #expect(String(decoding: writer.bytes, as: UTF8.self) == "some_value 3\n")
    }

    @Test func `a name that the formats do not allow ends the process`() async {
        await #expect(processExitsWith: .failure) { _ = Label(name: "a-b", value: "") }
        await #expect(processExitsWith: .failure) { _ = Label(name: "__name__", value: "") }
        await #expect(processExitsWith: .failure) {
            _ = MetricDefinition(name: "1st", type: .gauge, help: "x")
        }
        await #expect(processExitsWith: .failure) { _ = MetricDefinition(name: "", type: .gauge, help: "x") }
        await #expect(processExitsWith: .failure) {
            _ = MetricDefinition(name: "a", type: .counter, help: "x")
        }
        await #expect(processExitsWith: .failure) {
            _ = MetricDefinition(name: "a_total", type: .gauge, help: "x")
        }
        await #expect(processExitsWith: .failure) { _ = MetricDefinition(name: "a", type: .gauge, help: "") }
        await #expect(processExitsWith: .failure) {
            _ = MetricDefinition(name: "a_total", type: .counter, help: "x", unit: "seconds")
        }
    }

    @Test func `a value that is not of the family's type ends the process`() async {
        await #expect(processExitsWith: .failure) {
            var writer = SampleWriter()
            let histogram = MetricDefinition(name: "a", type: .histogram, help: "x")
            writer.append(histogram, labels: [], value: 1)
        }
        await #expect(processExitsWith: .failure) {
            var writer = SampleWriter()
            let histogram = MetricDefinition(name: "a", type: .histogram, help: "x")
            let value = HistogramValue(HistogramBuckets([1]))
            writer.append(histogram, labels: [Label(name: "le", value: "1.0")], value: value)
        }
        await #expect(processExitsWith: .failure) {
            var writer = SampleWriter()
            writer.append(Self.gauge, labels: [], value: HistogramValue(HistogramBuckets([1])))
        }
    }

    @Test func `a created sample follows its series, under the name of the family`() {
        var writer = SampleWriter()
        let labels = [Label(name: "kind", value: "Init")]
        let counter = MetricDefinition(name: "events_total", type: .counter, help: "Events.")
        writer.append(counter, labels: labels, value: 3)
        writer.append(counter, labels: labels, createdAt: 1_700_000_000.5)
        let histogram = MetricDefinition(
            name: "delay_seconds",
            type: .histogram,
            help: "Delay.",
            unit: "seconds"
        )
        writer.append(histogram, labels: [], createdAt: 1_700_000_000)
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == """
                events_total{kind="Init"} 3
                events_created{kind="Init"} 1700000000.5
                delay_seconds_created 1700000000

                """
        )
    }

    @Test func `an exemplar stands behind a count or a bucket`() throws {
        var writer = SampleWriter()
        let labels = [Label(name: "event", value: "17\"00.1")]
        let exemplar = try #require(Exemplar(labels: labels, value: 1, timestamp: 1700))
        let counter = MetricDefinition(name: "events_total", type: .counter, help: "Events.")
        writer.append(counter, labels: [], value: 3, exemplar: exemplar)
        let histogram = MetricDefinition(
            name: "delay_seconds",
            type: .histogram,
            help: "Delay.",
            unit: "seconds"
        )
        var value = HistogramValue(HistogramBuckets([1]))
        value.observe(0.5)
        writer.append(
            histogram,
            labels: [],
            value: value,
            exemplars: [0: try #require(Exemplar(labels: [], value: 0.5))]
        )
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == """
                events_total 3 # {event="17\\"00.1"} 1 1700
                delay_seconds_bucket{le="1.0"} 1 # {} 0.5
                delay_seconds_bucket{le="+Inf"} 1
                delay_seconds_sum 0.5
                delay_seconds_count 1

                """
        )
    }

    @Test func `an exemplar with more than 128 characters in its labels is none`() {
        let fits = Label(name: "event", value: String(repeating: "é", count: 123))
        #expect(Exemplar(labels: [fits], value: 1) != nil)
        #expect(Exemplar(labels: [fits, Label(name: "a", value: "")], value: 1) == nil)
    }

    @Test func `a gauge has neither exemplar nor beginning`() async {
        await #expect(processExitsWith: .failure) {
            var writer = SampleWriter()
            let gauge = MetricDefinition(name: "value", type: .gauge, help: "A value.")
            writer.append(gauge, labels: [], createdAt: 1)
        }
        await #expect(processExitsWith: .failure) {
            var writer = SampleWriter()
            let gauge = MetricDefinition(name: "value", type: .gauge, help: "A value.")
            writer.append(gauge, labels: [], value: 1, exemplar: Exemplar(labels: [], value: 1))
        }
    }
}
