// SPDX-License-Identifier: Apache-2.0

import Exposition
import Testing

@Suite struct MetricDefinitionTests {
    @Test func `traps on an invalid name`() async {
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

    @Test func `traps on an invalid label name`() async {
        await #expect(processExitsWith: .failure) {
            _ = MetricDefinition(name: "a", type: .gauge, help: "x", labels: ["a-b"])
        }
        await #expect(processExitsWith: .failure) {
            _ = MetricDefinition(name: "a", type: .gauge, help: "x", labels: ["__name__"])
        }
        await #expect(processExitsWith: .failure) {
            _ = MetricDefinition(name: "a", type: .gauge, help: "x", labels: ["b", "b"])
        }
        await #expect(processExitsWith: .failure) {
            _ = MetricDefinition(name: "a", type: .histogram, help: "x", labels: ["le"])
        }
    }
}
