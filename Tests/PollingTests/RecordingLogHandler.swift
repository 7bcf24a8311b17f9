// SPDX-License-Identifier: Apache-2.0

import Logging
import Synchronization

/// Records the `event` keys of log lines.
struct RecordingLogHandler: LogHandler {
    final class Events: Sendable {
        private let storage = Mutex<[String]>([])

        var all: [String] { storage.withLock(\.self) }

        func append(_ event: String) { storage.withLock { $0.append(event) } }
    }

    let events: Events
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    init(_ events: Events) { self.events = events }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        events.append(event.metadata?["event"].map { "\($0)" } ?? "missing")
    }
}
