// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import WireText

/// The validated options of an export.
struct ExportPlan: Sendable {
    /// The thresholds and windows of states.
    let settings: FamilySettings

    let since: Timestamp

    /// The end; `nil` for now.
    let until: Timestamp?

    /// The time between two samples of a counter that changes, in seconds.
    let step: Int

    /// The only accounts; empty for all.
    let accounts: Set<String>

    /// The only connectors; empty for all.
    let connectors: Set<String>

    /// The labels that every sample has in addition, sorted by name.
    let labels: [(name: String, value: String)]

    let repeatsStates: Bool

    /// Validates options.
    ///
    /// - Parameters:
    ///   - options: the options.
    ///   - now: the current time.
    /// - Throws: an error that names the option, or an error of the configuration.
    init(_ options: ExportOptions, now: Timestamp) throws {
        settings = try FamilySettings.load(options.configurationFile)
        since = try TimeReference.parse(options.since, option: "since", now: now)
        until = try options.until.map { try TimeReference.parse($0, option: "until", now: now) }
        guard since < until ?? now else {
            throw CommandError(
                option: "since",
                options.since,
                "is not before the end; use an earlier time, or a later --until"
            )
        }
        step = try Self.step(options.step)
        accounts = Set(options.accounts)
        connectors = Set(options.connectors)
        labels = try Self.labels(options.labels)
        repeatsStates = options.repeatsStates
    }

    private static func step(_ text: String) throws(CommandError) -> Int {
        guard let duration = PrometheusDuration(text), duration.milliseconds > 0,
            duration.milliseconds % 1000 == 0,
            SampleGrid.repetition % duration.wholeSeconds == 0
        else {
            throw CommandError(
                option: "step",
                text,
                "is not allowed; use a duration that divides 5m, such as 15s or 1m"
            )
        }
        return duration.wholeSeconds
    }

    private static func labels(_ texts: [String]) throws(CommandError) -> [(name: String, value: String)] {
        var labels: [String: String] = [:]
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init
            )
            guard parts.count == 2, isLabelName(parts[0]), !parts[1].isEmpty else {
                throw CommandError(
                    option: "label",
                    text,
                    "is not a label; use NAME=VALUE, such as job=magic-connectors"
                )
            }
            guard !HistoryFamily.labels.contains(parts[0]), labels[parts[0]] == nil else {
                throw CommandError(option: "label", text, "repeats a label; remove it")
            }
            labels[parts[0]] = parts[1]
        }
        return labels.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func isLabelName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !first.isDigit, !name.hasPrefix("__") else { return false }
        return name.utf8.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
    }
}
