// SPDX-License-Identifier: Apache-2.0

import Exposition

extension Golden {
    /// One body per aspect of the encoding.
    static let cases: [Golden] = [
        Golden(name: "nothing", families: []),
        Golden(name: "counters", families: [events, scrapes]),
        Golden(name: "escapes", families: [escapes]),
        Golden(name: "numbers", families: [numbers, counts]),
        Golden(name: "histograms", families: [delays, bounds]),
        Golden(name: "empty-families", families: [empty(.counter), empty(.gauge), empty(.histogram)]),
    ]

    private typealias Family = (definition: MetricDefinition, samples: @Sendable (inout SampleWriter) -> Void)

    private static let events: Family = {
        let definition = MetricDefinition(
            name: "cloudflare_magic_connector_events_total",
            type: .counter,
            help: "Events by kind, each counted once.",
            labels: ["connector_id", "kind"]
        )
        return (
            definition,
            { writer in
                for connector in ["a1", "b2"] {
                    for (kind, count) in [("Init", 3), ("Leave", 0)] {
                        writer.append(count, labels: [connector, kind])
                    }
                }
            }
        )
    }()

    private static let scrapes: Family = {
        let definition = MetricDefinition(
            name: "process_cpu_seconds_total",
            type: .counter,
            help: "Total user and system CPU time spent in seconds.",
            unit: "seconds"
        )
        return (definition, { $0.append(4.25) })
    }()

    private static let escapes: Family = {
        let definition = MetricDefinition(
            name: "escapes_info",
            type: .gauge,
            help: #"A "quoted" word, a back\slash, a C:\new path,"#
                + "\na second line, a tab\t, ümlaut and 🛰.",
            labels: ["value", "index"]
        )
        let values = [
            "", " ", "plain", #"say "hi""#, #"C:\DIR\new"#, "two\nlines", "\\", "\"", "\n", #"\n"#,
            "a\\\"\nb",
            "tab\there", "carriage\rreturn", "{a=\"b\"} 1", "# EOF", "ümlaut 漢字 🛰 e\u{301}",
            "\u{7f}\u{85}\u{2028}",
        ]
        return (
            definition,
            { writer in
                for (index, value) in values.enumerated() {
                    writer.append(1, labels: [value, "\(index)"])
                }
            }
        )
    }()

    private static let numbers: Family = {
        let definition = MetricDefinition(
            name: "numbers_ratio",
            type: .gauge,
            help: "Numbers.",
            unit: "ratio",
            labels: ["index"]
        )
        let values: [Double] = [
            0, -0.0, 1, -1, 0.1, 1.0 / 3, 100, 1_700_000_000, 1_700_000_000.25, 0.0001, 0.00001,
            .leastNonzeroMagnitude,
            Double(1 << 53) - 1, Double(1 << 53), -Double(1 << 53), 1e16, 1e22, .greatestFiniteMagnitude,
            .nan,
            .infinity, -.infinity, -.nan,
        ]
        return (
            definition,
            { writer in
                for (index, value) in values.enumerated() {
                    writer.append(value, labels: ["\(index)"])
                }
            }
        )
    }()

    private static let counts: Family = {
        let definition = MetricDefinition(
            name: "counts_total",
            type: .counter,
            help: "Whole numbers.",
            labels: ["index"]
        )
        return (
            definition,
            { writer in
                for (index, value) in [0, 7, 1 << 53, Int.max].enumerated() {
                    writer.append(value, labels: ["\(index)"])
                }
            }
        )
    }()

    private static let delays: Family = {
        let definition = MetricDefinition(
            name: "event_delivery_delay_seconds",
            type: .histogram,
            help: "How long after its time an event was collected.",
            unit: "seconds",
            labels: ["account_id"]
        )
        return (
            definition,
            { writer in
                let buckets = HistogramBuckets([0.5, 1, 2.5, 60])
                let delays = HistogramValue(buckets, counts: [3, 2, 1, 1, 1], sum: 125.35)
                writer.append(delays ?? HistogramValue(buckets), labels: ["a"])
                writer.append(HistogramValue(buckets), labels: ["b"])
            }
        )
    }()

    private static let bounds: Family = {
        let definition = MetricDefinition(name: "bounds", type: .histogram, help: "Canonical bounds.")
        let bounds = [
            0, .leastNonzeroMagnitude, 1e-10, 1e-9, 1e-5, 0.0001, 0.001, 0.1, 0.999, 1, 1.7, 10, 100_000,
            123_456.5, 1e6,
            1_234_567.5,
            1e7, 1e10, 1.5e15, 1.1e23,
        ]
        return (
            definition,
            { $0.append(HistogramValue(HistogramBuckets(bounds))) }
        )
    }()

    private static func empty(_ type: MetricType) -> Family {
        let name = type == .counter ? "empty_total" : "empty_\(type.rawValue)_seconds"
        return (MetricDefinition(name: name, type: type, help: "Without a sample."), { _ in })
    }
}
