// SPDX-License-Identifier: Apache-2.0

import LinuxSystem

/// The reason why lines cannot be appended to the event log: one sentence with the path and the remedy.
struct EventLogError: Error, Sendable, CustomStringConvertible {
    let description: String

    init(path: String, _ error: Errno) {
        let name = path == EventLogOutput.standardOutput ? "standard output" : path
        description =
            "events_log.path: \(name): \(error.message); make it writable for this user, and free some space"
    }

    init(_ error: some Error) { description = "\(error)" }
}
