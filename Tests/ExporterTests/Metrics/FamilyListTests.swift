// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition
import TestSupport
import Testing

@testable import Exporter

@Suite struct FamilyListTests {
    private struct Box: MetricSubject {
        let size: Int
        let weight: Double?
        let countedSince: Timestamp?

        static let namePrefix = "box_"
        static let labels = ["id"]

        var labelValues: [String] { ["a"] }
    }

    private static let sections: [FamilySection<Box>] = [
        FamilySection(
            "Boxes",
            [
                Family("size", .gauge, help: "Size.") { box, samples in
                    samples.append(box.size)
                    samples.expectChange(at: 30)
                },
                Family("moves_total", .counter, labels: ["by"], help: "Moves.") { box, samples in
                    samples.append(box.size, labels: "x")
                    samples.append(box.size + 1, labels: "y")
                    samples.expectChange(at: 20)
                },
                Family("weight", .gauge, help: "Weight.") { box, samples in
                    samples.append(box.weight)
                },
            ]
        )
    ]

    private func columns(_ lines: FamilyList<Box>.Lines) -> [String] {
        lines.columns.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `writes one column per family`() {
        let list = FamilyList(Self.sections, withCreated: false)
        let lines = list.lines(of: Box(size: 1, weight: 2.5, countedSince: 5))
        #expect(
            columns(lines) == [
                "box_size{id=\"a\"} 1\n",
                "box_moves_total{id=\"a\",by=\"x\"} 1\nbox_moves_total{id=\"a\",by=\"y\"} 2\n",
                "box_weight{id=\"a\"} 2.5\n",
            ]
        )
    }

    @Test func `writes created samples into a column of their own`() {
        let list = FamilyList(Self.sections, withCreated: true)
        let lines = list.lines(of: Box(size: 1, weight: nil, countedSince: 5))
        #expect(
            columns(lines) == [
                "box_size{id=\"a\"} 1\n",
                "box_moves_total{id=\"a\",by=\"x\"} 1\nbox_moves_total{id=\"a\",by=\"y\"} 2\n",
                "",
                """
                box_moves_total{id="a",by="x"} 1
                box_moves_created{id="a",by="x"} 5
                box_moves_total{id="a",by="y"} 2
                box_moves_created{id="a",by="y"} 5

                """,
            ]
        )
        #expect(list.layout.column(of: 1, in: .text004) == 1)
        #expect(list.layout.column(of: 1, in: .openMetrics100) == 3)
    }

    @Test func `returns the earliest expected change`() {
        let list = FamilyList(Self.sections, withCreated: false)
        #expect(list.lines(of: Box(size: 1, weight: nil, countedSince: nil)).changesAt == 20)
    }

    @Test func `omits families without samples from an exposition`() {
        let list = FamilyList(Self.sections, withCreated: false)
        let exposition = list.exposition(of: Box(size: 1, weight: nil, countedSince: nil))
        let text = String(decoding: exposition(.text004), as: UTF8.self)
        #expect(text.contains("# TYPE box_moves_total counter\n"))
        #expect(!text.contains("box_weight"))
    }
}
