// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import TestSupport
import Testing

/// The golden list of the messages and error sentences that the exporter prints while the end-to-end tests run.
///
/// Variable parts are placeholders, so that the list does not depend on the run and wording is reviewed in one place. A
/// message that is not on the list fails the test that produced it. `UPDATE_MESSAGES=1` adds it instead.
///
/// Which errors a run logs depends on which fault meets which request first, so an unlisted error sentence is printed
/// and does not fail the test. The soak is not checked.
enum MessageCatalog {
    private static let file = "\(ChildProgram.root)/Tests/EndToEndTests/Golden/messages.txt"
    private static let isUpdating = ProcessInfo.processInfo.environment["UPDATE_MESSAGES"] == "1"
    private static let known = Mutex(read())

    /// Compares the lines of a log with the list.
    static func check(_ log: String) {
        guard ProcessInfo.processInfo.environment["SOAK_SECONDS"] == nil else { return }
        let templates = Set(log.split(separator: "\n").flatMap { Self.templates(of: String($0)) })
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
            let report = "not in Golden/messages.txt (add it with UPDATE_MESSAGES=1): \(line)"
            if line.hasPrefix("error: ") { print(report) } else { Issue.record("\(report)") }
        }
    }

    private static func read() -> Set<String> {
        let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        return Set(text.split(separator: "\n").map(String.init))
    }

    /// Returns the message of a log line, and the sentences of its error, with placeholders.
    static func templates(of line: String) -> [String] {
        var text = line
        for (pattern, placeholder) in placeholders {
            text = text.replacingOccurrences(of: pattern, with: placeholder, options: .regularExpression)
        }
        let message = text.firstMatch(of: #/^level=\S+ event=\S+ msg=("[^"]*"|\S+)/#).map {
            String($0.output.0)
        }
        guard let start = text.firstRange(of: "error=\"") else { return [message ?? text] }
        let rest = text[start.upperBound...]
        let end = rest.firstRange(of: "\" reason=")?.lowerBound ?? rest.lastIndex(of: "\"") ?? rest.endIndex
        let sentences = rest[..<end].split(separator: ". ").map { sentence in
            "error: \(sentence.hasSuffix(".") ? sentence.dropLast() : sentence)"
        }
        return [message ?? text] + sentences
    }

    /// Regular expressions, and their placeholders, applied in order.
    private static let placeholders = [
        (#"^(time|ts)=\S+ "#, ""),
        (#"[0-9a-f]{32}"#, "<id>"),
        (#"/[^ ":]*mce-[0-9A-F-]+"#, "<directory>"),
        (
            #"https?://[^ "]+: (?!no complete|the body|the header)[^"]*(?=" reason)"#,
            "<url>: <message of libcurl>"
        ),
        (#"https?://[^ "]+:"#, "<url>:"),
        (#"GET /[^ :]+"#, "GET <path>"),
        (#" \([0-9]+ [^()]*\)"#, " (<message of the API>)"),
        (#"(127\.0\.0\.1|\[::1\]|localhost):[0-9]+"#, "<address>"),
        (#"[0-9]{8}T[0-9]{6}Z"#, "<time>"),
        (#"[0-9]+(\.[0-9]+)?"#, "<n>"),
    ]
}
