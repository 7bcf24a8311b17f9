// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxSystem

/// The standard output of a command that prints many lines.
///
/// Lines are collected until `flush()`, so that few system calls are needed.
struct StandardOutput: ~Copyable {
    /// The number of bytes after which lines are written without a call of `flush()`.
    private static let bufferSize = 64 << 10

    private var buffer: [UInt8] = []

    /// Whether colours may be used: on a terminal that supports them, unless `NO_COLOR` is set.
    ///
    /// Source: no-color.org.
    let usesColor: Bool

    /// The number of columns; `nil` if the output is not a terminal.
    let width: Int?

    init(environment: [String: String]) {
        let isTerminal = isatty(STDOUT_FILENO) == 1
        usesColor =
            isTerminal && environment["NO_COLOR", default: ""].isEmpty && environment["TERM"] != "dumb"
        var size = winsize()
        let hasSize =
            unsafe isTerminal && ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        width = hasSize ? Int(size.ws_col) : nil
    }

    /// Appends a line.
    ///
    /// - Throws: `CommandError` if the output cannot be written, or `ClosedOutput` if its reader has ended.
    mutating func print(_ line: some Sequence<UInt8>) throws {
        buffer += line
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count >= Self.bufferSize { try flush() }
    }

    /// Writes all lines.
    mutating func flush() throws {
        var rest = buffer[...]
        while !rest.isEmpty {
            do throws(Errno) {
                let count = try retrying {
                    unsafe rest.withUnsafeBytes { unsafe write(STDOUT_FILENO, $0.baseAddress, $0.count) }
                }
                rest = rest.dropFirst(count)
            } catch {
                if error.rawValue == EPIPE { throw ClosedOutput() }
                throw CommandError("standard output: \(error.message)")
            }
        }
        buffer.removeAll(keepingCapacity: true)
    }
}

/// The reader of the output has ended, as `head` does, so that the command must end without an error.
package struct ClosedOutput: Error {}
