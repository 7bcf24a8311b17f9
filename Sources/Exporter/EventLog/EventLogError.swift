// SPDX-License-Identifier: Apache-2.0

import LinuxSystem

/// The reason why lines cannot be appended to the event log: one sentence with the path and the remedy.
struct EventLogError: Error, Sendable, CustomStringConvertible {
    let description: String

    init(path: String, _ error: Errno) {
        let name = path == EventLogOutput.standardOutput ? "standard output" : path
        description =
            "events_log.path: \(name): \(error.message); check that its directory exists, that this user may write "
            + "it, and that the disk is not full"
    }

    init(_ error: some Error) { description = "\(error)" }
}
