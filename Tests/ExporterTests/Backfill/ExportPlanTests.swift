// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import TestSupport
import Testing

@testable import Exporter

@Suite struct ExportPlanTests {
    private let now: Timestamp = 1_800_000_000

    private func plan(_ change: (inout ExportOptions) -> Void) throws -> ExportPlan {
        var options = ExportOptions(configurationFile: nil, storagePath: "data")
        change(&options)
        return try ExportPlan(options, now: now)
    }

    private func problem(_ change: (inout ExportOptions) -> Void) -> String? {
        do {
            _ = try plan(change)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test func `the default is thirty days until now with the default thresholds`() throws {
        let plan = try plan { _ in }
        #expect(plan.since == now - 30 * 86_400)
        #expect(plan.until == nil)
        #expect(plan.step == 60)
        #expect(plan.settings.stuckAfter == StuckThresholds())
        #expect(plan.settings.failureRatioWindows.map(\.label) == ["1h", "1d"])
    }

    @Test func `sorts labels, whose values may contain an equals sign`() throws {
        let plan = try plan { $0.labels = ["job=a", "instance=b=c"] }
        #expect(plan.labels.map(\.name) == ["instance", "job"])
        #expect(plan.labels.map(\.value) == ["b=c", "a"])
    }

    @Test(arguments: ["7m", "0", "1500ms", "10m", "x"])
    func `rejects a step that does not divide five minutes`(step: String) {
        #expect(
            problem { $0.step = step }
                == "--step: \"\(step)\" is not allowed; use a duration that divides 5m, such as 15s or 1m"
        )
    }

    @Test(arguments: ["job", "=a", "job=", "__name__=a", "1a=b", "a-b=c"])
    func `rejects a text that is not a label`(
        label: String
    ) {
        #expect(problem { $0.labels = [label] }?.hasPrefix("--label: \"\(label)\" is not a label") == true)
    }

    @Test(arguments: [["kind=a"], ["account_id=a"], ["job=a", "job=b"]])
    func `rejects a label that samples already have`(
        labels: [String]
    ) {
        #expect(problem { $0.labels = labels }?.hasSuffix("repeats a label; remove it") == true)
    }

    @Test func `rejects an empty period and a text that is not a time`() {
        #expect(problem { $0.until = "40d" }?.hasPrefix("--since: \"30d\" is not before the end") == true)
        #expect(problem { $0.since = "soon" }?.hasPrefix("--since: \"soon\" is not a time") == true)
    }

    @Test func `reports a configuration file that is missing`() {
        #expect(problem { $0.configurationFile = "/missing.yml" }?.contains("/missing.yml") == true)
    }
}
