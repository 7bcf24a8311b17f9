// SPDX-License-Identifier: Apache-2.0

/// The faults and results of one soak.
struct SoakReport: CustomStringConvertible {
    /// The number of requests, connections and periods that each fault affected.
    var faults: [String: Int] = [:]
    var kills = 0
    var events = 0
    var checks = 0
    /// Series that differed from the oracle once all faults were cleared.
    var differences = 0
    var seconds = 0.0
    var scrapes = 0
    var requests = 0
    var peak = 0
    var logLines = 0
    var begin: ProcessState?
    var end: ProcessState?

    var description: String {
        let longest = faults.keys.map(\.count).max() ?? 0
        var lines = faults.sorted { $0.key < $1.key }.map { name, count in
            "  \(name.padded(to: longest))  \(count)"
        }
        lines.insert("faults injected: \(faults.values.reduce(0, +)) of \(faults.count) kinds", at: 0)
        lines += [
            "seconds: \(Int(seconds))", "kills and restarts: \(kills)", "events injected: \(events)",
            "scrapes without a violation: \(scrapes)", "requests: \(requests), at most \(peak) in any window",
            "log lines: \(logLines)", "at the beginning: \(begin.map { "\($0)" } ?? "unknown")",
            "at the end: \(end.map { "\($0)" } ?? "unknown")", "comparisons with the oracle: \(checks)",
            "difference from the oracle: \(differences)",
        ]
        return lines.joined(separator: "\n")
    }
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
