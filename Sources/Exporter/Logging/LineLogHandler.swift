// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
package import Logging

/// Writes each log entry as one line with one `write(2)`, so that lines of several threads never mix.
package struct LineLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    package var logLevel = Logger.Level.info

    private let format: LogFormat
    private let descriptor: Int32

    /// Writes to a file descriptor that stays open.
    package init(format: LogFormat, descriptor: Int32) {
        self.format = format
        self.descriptor = descriptor
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { $1 } }
        if let own = event.metadata { merged.merge(own) { $1 } }
        var fields = [
            (
                name: "time",
                value: Date.now.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
            ),
            (name: "level", value: event.level.shown),
            (name: "msg", value: event.message.description),
        ]
        fields += merged.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value.description) }
        let bytes = Array((format.line(fields) + "\n").utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    }
}
