// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
package import Logging

/// A log handler that writes each entry as one line with one `write(2)`, so that lines of different threads never mix.
///
/// The fields are `time`, `level`, `event`, `msg`, then the other metadata sorted by name. `event` is the stable name of
/// what happened; the text of `msg` may change between versions.
package struct LineLogHandler: LogHandler {
    /// The metadata of every entry.
    package var metadata: Logger.Metadata = [:]

    /// The provider of the current task's metadata.
    package var metadataProvider: Logger.MetadataProvider?

    /// The least severe level that is written.
    package var logLevel = Logger.Level.info

    /// The maximum length of a line in bytes.
    private static let maxLineLength = 4096

    private let format: LogFormat
    private let descriptor: Int32
    private let now: @Sendable () -> Date

    /// Creates a handler that writes to an open file descriptor.
    package init(format: LogFormat, descriptor: Int32) {
        self.init(format: format, descriptor: descriptor, now: { .now })
    }

    init(format: LogFormat, descriptor: Int32, now: @escaping @Sendable () -> Date) {
        self.format = format
        self.descriptor = descriptor
        self.now = now
    }

    /// The metadata of a key, for every entry.
    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes an entry.
    package func log(event: LogEvent) {
        var merged = metadata
        if let provided = metadataProvider?.get() { merged.merge(provided) { $1 } }
        if let own = event.metadata { merged.merge(own) { $1 } }
        let fields = LogField.all(
            time: now().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)),
            level: event.level,
            message: event.message,
            metadata: merged
        )
        write(line(of: fields))
    }

    /// Returns a line, whose values are cut if it would be too long.
    private func line(of fields: [LogField]) -> [UInt8] {
        var valueLimit = Self.maxLineLength
        while true {
            let line = Array((format.line(fields.map { $0.cut(to: valueLimit) }) + "\n").utf8)
            if line.count <= Self.maxLineLength || valueLimit < fields.count { return line }
            valueLimit /= 2
        }
    }

    /// Writes a complete line.
    ///
    /// Signals and nonblocking pipes can require several calls of `write(2)`.
    ///
    /// If writing fails, the line is lost, because there is no other place to report it.
    private func write(_ line: [UInt8]) {
        var rest = line[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count > 0 {
                rest = rest.dropFirst(count)
            } else if count == 0 || (errno != EINTR && (errno != EAGAIN || !waitUntilWritable())) {
                return
            }
        }
    }

    /// Waits for at most one second, and returns whether the descriptor is writable.
    private func waitUntilWritable() -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&request, 1, 1000) > 0
    }
}
