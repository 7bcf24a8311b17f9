// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
package import Logging

/// Writes each log entry as one line with one `write(2)`, so that lines of several threads never mix.
package struct LineLogHandler: LogHandler {
    /// What every line says.
    package var metadata: Logger.Metadata = [:]

    /// What the task at hand adds.
    package var metadataProvider: Logger.MetadataProvider?

    /// Below it nothing is written.
    package var logLevel = Logger.Level.info

    private let format: LogFormat
    private let descriptor: Int32
    private let now: @Sendable () -> Date

    /// Writes to a file descriptor that stays open.
    package init(format: LogFormat, descriptor: Int32) {
        self.init(format: format, descriptor: descriptor, now: { .now })
    }

    /// The same with a clock of the caller's.
    init(format: LogFormat, descriptor: Int32, now: @escaping @Sendable () -> Date) {
        self.format = format
        self.descriptor = descriptor
        self.now = now
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
                value: now().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
            ),
            (name: "level", value: event.level.shown),
            (name: "msg", value: event.message.description),
        ]
        fields += LogFields.of(merged)
        write(Array((format.line(fields) + "\n").utf8))
    }

    /// Writes a line whole: a signal may come in between, and a pipe that does not block takes as much as it can.
    ///
    /// A line that cannot be written is lost; there is nowhere to say so.
    private func write(_ line: [UInt8]) {
        var rest = line[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count == 0 || (errno != EINTR && (errno != EAGAIN || !becomesWritable())) {
                return
            }
        }
    }

    /// Waits, as a blocking descriptor would, but not for ever.
    private func becomesWritable() -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&request, 1, 1000) > 0
    }
}
