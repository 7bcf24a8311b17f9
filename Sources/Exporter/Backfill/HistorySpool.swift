// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxSystem

/// A temporary file with the changes of one family, in the order of the connectors.
///
/// OpenMetrics requires that the samples of a family are together, but the ledger is read by connector. The file has no name,
/// so the kernel removes it when the process ends.
final class HistorySpool {
    /// Some changes of a series.
    struct Block {
        /// The number of the connector.
        let connector: Int

        /// The number of the series of this family and connector.
        let series: Int

        /// The values of the family's own labels; empty if an earlier block has them.
        let labels: [String]

        let changes: [SeriesChange]
    }

    private static let bufferSize = 1 << 16

    /// The bytes of a change: the time and the value.
    private static let changeSize = 12

    private let directory: String
    private let file: Descriptor

    /// The bytes that are not written yet, or those that are not read yet from `position` on.
    private var buffer: [UInt8] = []
    private var position = 0

    /// Creates an empty file.
    init(directory: String) throws(CommandError) {
        self.directory = directory
        var path = Array("\(directory)/magic-connector-exporter.XXXXXX".utf8CString)
        do throws(Errno) {
            file = Descriptor(adopting: try retrying { unsafe mkstemp(&path) })
        } catch {
            throw Self.error(error, directory)
        }
        _ = unsafe unlink(&path)
    }

    /// Appends changes of a connector's series.
    func append(_ series: FamilyHistory.Series, number: Int, connector: Int) throws(CommandError) {
        append(connector)
        append(number)
        append(series.isContinued ? 0 : series.labels.count)
        if !series.isContinued {
            for label in series.labels {
                append(label.utf8.count)
                buffer += label.utf8
            }
        }
        append(series.changes.count)
        for change in series.changes {
            append(change.time)
            let bits = change.value.bitPattern
            append(Int(truncatingIfNeeded: bits & 0xffff_ffff))
            append(Int(truncatingIfNeeded: bits >> 32))
        }
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Ends writing, and continues with the first block.
    func rewind() throws(CommandError) {
        try flush()
        guard lseek(file.rawValue, 0, SEEK_SET) == 0 else { throw Self.error(.current, directory) }
    }

    /// Reads the next block.
    ///
    /// - Returns: `nil` after the last one.
    /// - Throws: if the file cannot be read.
    func next() throws(CommandError) -> Block? {
        guard try fill(4) else { return nil }
        let connector = try number()
        let series = try number()
        var labels: [String] = []
        for _ in 0..<(try number()) {
            let length = try number()
            try require(length)
            labels.append(String(decoding: buffer[position..<position + length], as: UTF8.self))
            position += length
        }
        let count = try number()
        var changes: [SeriesChange] = []
        changes.reserveCapacity(count)
        for _ in 0..<count {
            try require(Self.changeSize)
            let time = try number()
            let low = UInt64(try number())
            let high = UInt64(try number())
            changes.append(SeriesChange(time: time, value: Double(bitPattern: high << 32 | low)))
        }
        return Block(connector: connector, series: series, labels: labels, changes: changes)
    }

    /// Appends a number as 4 bytes, the least significant first.
    private func append(_ number: Int) {
        let bits = UInt32(truncatingIfNeeded: number)
        buffer.append(UInt8(truncatingIfNeeded: bits))
        buffer.append(UInt8(truncatingIfNeeded: bits >> 8))
        buffer.append(UInt8(truncatingIfNeeded: bits >> 16))
        buffer.append(UInt8(truncatingIfNeeded: bits >> 24))
    }

    private func number() throws(CommandError) -> Int {
        try require(4)
        defer { position += 4 }
        return Int(buffer[position]) | Int(buffer[position + 1]) << 8 | Int(buffer[position + 2]) << 16
            | Int(buffer[position + 3]) << 24
    }

    private func require(_ count: Int) throws(CommandError) {
        guard try fill(count) else { throw CommandError("the temporary file in \(directory) is incomplete") }
    }

    /// Reads until a number of bytes is in the buffer.
    ///
    /// - Returns: whether the file has that many bytes.
    private func fill(_ count: Int) throws(CommandError) -> Bool {
        if buffer.count - position >= count { return true }
        buffer.removeSubrange(..<position)
        position = 0
        var chunk = [UInt8](repeating: 0, count: max(Self.bufferSize, count))
        while buffer.count < count {
            do throws(Errno) {
                let read = try retrying { unsafe Glibc.read(file.rawValue, &chunk, chunk.count) }
                guard read > 0 else { return false }
                buffer += chunk[..<read]
            } catch {
                throw Self.error(error, directory)
            }
        }
        return true
    }

    private func flush() throws(CommandError) {
        do throws(Errno) {
            try file.writeAll(buffer)
        } catch {
            throw Self.error(error, directory)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private static func error(_ error: Errno, _ directory: String) -> CommandError {
        CommandError(
            "cannot write a temporary file in \(directory): \(error.message); set TMPDIR to a directory with more space"
        )
    }
}
