// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A file that is read whole, with a limit to its size.
struct SmallFile: Sendable {
    let bytes: [UInt8]

    /// Of the file that the bytes are from, taken before they were: what is written meanwhile changes the file's own.
    let fingerprint: FileFingerprint

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: absolute, or relative to the process.
    ///   - limit: the most bytes.
    /// - Throws: where there is no such file, it is longer, or the system does not let it be read.
    init(path: String, limit: Int) throws(SmallFileError) {
        // Without O_NONBLOCK a named pipe that nobody writes to would be waited for.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .system(errno) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system(errno) }
        fingerprint = FileFingerprint(status)
        var bytes = [UInt8](repeating: 0, count: limit + 1)
        var count = 0
        while count < bytes.count {
            let read = unsafe bytes[count...].withUnsafeMutableBytes {
                unsafe Glibc.read(descriptor, $0.baseAddress, $0.count)
            }
            if read < 0, errno == EINTR { continue }
            guard read >= 0 else { throw .system(errno) }
            if read == 0 { break }
            count += read
        }
        guard count <= limit else { throw .tooLong(limit) }
        self.bytes = Array(bytes[..<count])
    }
}
