// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxSystem

/// The file or the standard output that a command writes to.
///
/// Bytes are collected, so that few system calls are needed.
final class CommandOutput {
    private static let bufferSize = 1 << 18

    private let name: String
    private let file: Descriptor
    private var buffer: [UInt8] = []

    /// The number of bytes so far.
    private(set) var size = 0

    /// Opens a file for writing, and removes its former contents.
    ///
    /// - Parameter path: the path; `nil` or `-` for the standard output.
    /// - Throws: an error that names the file.
    init(path: String?) throws(CommandError) {
        let path = path == "-" ? nil : path
        name = path ?? "the standard output"
        do throws(Errno) {
            file = Descriptor(
                adopting: try retrying {
                    guard let path else { return fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3) }
                    return unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
                }
            )
        } catch {
            throw Self.error(error, name)
        }
    }

    /// Appends bytes.
    func write(_ bytes: [UInt8]) throws(CommandError) {
        buffer += bytes
        size += bytes.count
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Appends a line.
    func print(_ line: some Sequence<UInt8>) throws(CommandError) {
        try write(line + [UInt8(ascii: "\n")])
    }

    /// Writes the appended bytes to the file.
    func flush() throws(CommandError) {
        do throws(Errno) {
            try file.writeAll(buffer)
        } catch {
            throw Self.error(error, name)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private static func error(_ error: Errno, _ name: String) -> CommandError {
        CommandError("cannot write \(name): \(error.message)", isOutputClosed: error.rawValue == EPIPE)
    }
}
