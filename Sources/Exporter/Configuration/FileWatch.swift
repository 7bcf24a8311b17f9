// SPDX-License-Identifier: Apache-2.0

import LinuxSystem

/// Reads files, and says later whether another reading could find something else.
struct FileWatch: Sendable {
    /// By path, the file as it was read; `nil` where it could not be.
    private var seen: [String: FileFingerprint?] = [:]

    /// Reads a file, and watches it from now on whether it could be read or not.
    ///
    /// - Throws: what keeps it from being read.
    mutating func read(_ path: String, limit: Int = 1 << 20) throws(FileReadError) -> [UInt8] {
        seen[path] = .some(nil)
        let file = try readFile(at: path, limit: limit)
        seen[path] = file.fingerprint
        return file.bytes
    }

    /// Whether one of the files is not what it was when it was read: written, replaced, gone or there at last.
    var hasChanged: Bool {
        seen.contains { path, known in (try? FileFingerprint(path: path)) != known }
    }
}
