// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The bytes of a file, and the file's fingerprint.
package struct FileContents: Sendable {
    /// All bytes of the file.
    package let bytes: [UInt8]

    /// The fingerprint, taken before the bytes were read.
    ///
    /// If another process writes the file meanwhile, the file's current fingerprint differs from this one.
    package let fingerprint: FileFingerprint
}

/// Reads a file completely.
///
/// It also reads files of `/proc`, whose size is 0 in `stat(2)`.
///
/// - Parameters:
///   - path: An absolute path, or a path relative to the working directory.
///   - limit: The maximum size in bytes.
/// - Returns: the bytes and the fingerprint.
/// - Throws: the error of the system call that failed, or `.tooLong`.
package func readFile(at path: String, limit: Int) throws(FileReadError) -> FileContents {
    do throws(Errno) {
        // Without O_NONBLOCK, opening a named pipe without a writer would block.
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK
        let file = Descriptor(adopting: try retrying { unsafe open(path, flags) })
        let fingerprint = try FileFingerprint(descriptor: file)
        let number = file.rawValue
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: min(limit, 16_383) + 1)
        // One byte more than the limit is requested, to recognize a longer file.
        while bytes.count <= limit {
            let requested = min(chunk.count, limit - bytes.count + 1)
            let count = try retrying { unsafe read(number, &chunk, requested) }
            guard count > 0 else { return FileContents(bytes: bytes, fingerprint: fingerprint) }
            bytes += chunk[..<count]
        }
    } catch {
        throw .system(error)
    }
    throw .tooLong(limit: limit)
}
