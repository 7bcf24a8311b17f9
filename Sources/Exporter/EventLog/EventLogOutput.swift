// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxSystem

/// The file of the event log, or standard output.
///
/// Each call opens the file again, so that logrotate may move it at any time.
enum EventLogOutput {
    /// The path of standard output.
    static let standardOutput = "-"

    /// The time after which a pipe whose reader does not read is an error, in milliseconds.
    private static let pipeTimeout: Int32 = 5000

    /// The maximum number of bytes that a writable pipe takes without blocking.
    ///
    /// Source: pipe(7), `PIPE_BUF`.
    private static let pipeChunk = 4096

    /// Appends complete lines, and waits until they are on the disk.
    ///
    /// Blocks.
    ///
    /// - Parameters:
    ///   - lines: whole lines, each with its line feed.
    ///   - path: the path of the file, which is created if it is missing; or `-`.
    /// - Throws: an error with the path. Part of the lines may then be in the file; a later call removes an incomplete one.
    static func append(_ lines: [UInt8], to path: String) throws(EventLogError) {
        do throws(Errno) {
            let file = try open(path)
            var status = stat()
            let number = file.rawValue
            _ = try retrying { unsafe fstat(number, &status) }
            let isFile = status.st_mode & S_IFMT == S_IFREG
            if isFile, path != standardOutput { try removeIncompleteLine(number, size: Int(status.st_size)) }
            try write(lines, to: number, chunk: isFile ? lines.count : pipeChunk)
            if isFile { _ = try retrying { fdatasync(number) } }
        } catch {
            throw EventLogError(path: path, error)
        }
    }

    private static func open(_ path: String) throws(Errno) -> Descriptor {
        if path == standardOutput { return Descriptor(adopting: try retrying { dup(STDOUT_FILENO) }) }
        // Reading finds an incomplete last line. O_NONBLOCK keeps a named pipe from blocking.
        let flags = O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK
        return Descriptor(adopting: try retrying { unsafe Glibc.open(path, flags, 0o640) })
    }

    /// Removes the part of a line that a crash or a full disk has left at the end.
    private static func removeIncompleteLine(_ descriptor: Int32, size: Int) throws(Errno) {
        var end = size
        var block = [UInt8](repeating: 0, count: pipeChunk)
        while end > 0 {
            let start = max(0, end - block.count)
            let length = end - start
            let count = try retrying { unsafe pread(descriptor, &block, length, off_t(start)) }
            guard count == length else { return }
            if let feed = block[..<count].lastIndex(of: UInt8(ascii: "\n")) {
                end = start + feed + 1
                break
            }
            end = start
        }
        if end < size { _ = try retrying { ftruncate(descriptor, off_t(end)) } }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32, chunk: Int) throws(Errno) {
        var rest = bytes[...]
        while !rest.isEmpty {
            var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard try retrying({ unsafe poll(&request, 1, pipeTimeout) }) > 0 else {
                throw Errno(rawValue: ETIMEDOUT)
            }
            let part = rest.prefix(chunk)
            let count = try retrying {
                unsafe part.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            }
            rest = rest.dropFirst(count)
        }
    }
}
