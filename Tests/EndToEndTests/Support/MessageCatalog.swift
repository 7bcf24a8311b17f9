// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TestSupport
import Testing

/// The golden list of every message that the exporter logs while the end-to-end tests run.
///
/// The list holds one line for each message, with variable parts as placeholders, so that wording is reviewed in one
/// place. A message that is not on the list fails the test that produced it. `UPDATE_MESSAGES=1` adds it instead.
enum MessageCatalog {
    private static let file = "\(ChildProgram.root)/Tests/EndToEndTests/Golden/messages.txt"
    private static let isUpdating = ProcessInfo.processInfo.environment["UPDATE_MESSAGES"] == "1"
    private static let known = Mutex(read())

    /// Compares the lines of a log with the list.
    static func check(_ log: String) {
        let templates = Set(log.split(separator: "\n").map { template(of: String($0)) })
        let missing = known.withLock { known in
            let missing = templates.subtracting(known)
            if isUpdating, !missing.isEmpty {
                known.formUnion(missing)
                try? (known.sorted().joined(separator: "\n") + "\n")
                    .write(toFile: file, atomically: true, encoding: .utf8)
            }
            return missing
        }
        guard !isUpdating else { return }
        for line in missing.sorted() {
            Issue.record("not in Golden/messages.txt (add it with UPDATE_MESSAGES=1): \(line)")
        }
    }

    private static func read() -> Set<String> {
        let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        return Set(text.split(separator: "\n").map(String.init))
    }

    /// A log line without its time, and with placeholders for what differs from run to run.
    static func template(of line: String) -> String {
        line.replacing(#/^(time|ts)=\S+ /#, with: "")
            .replacing(/[0-9a-f]{32}/, with: "<id>")
            .replacing(/\/[^ ":]*mce-[0-9A-F-]+/, with: "<directory>")
            .replacing(/(127\.0\.0\.1|\[::1\]|localhost):[0-9]+/, with: "<address>")
            .replacing(/[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z/, with: "<time>")
            .replacing(/[0-9]{8}T[0-9]{6}Z/, with: "<time>")
            .replacing(/[0-9]+(\.[0-9]+)?/, with: "<n>")
    }
}
