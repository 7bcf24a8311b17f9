// SPDX-License-Identifier: Apache-2.0

import LinuxSystem

/// The files that a configuration was loaded from, with their fingerprints.
struct WatchedFiles: Sendable {
    /// The fingerprint of each file when it was read; `nil` if it could not be read.
    private var fingerprints: [String: FileFingerprint?] = [:]

    /// Reads a file and records its fingerprint, also if reading fails.
    ///
    /// - Parameters:
    ///   - path: the path of the file.
    ///   - limit: the maximum size in bytes.
    /// - Returns: the bytes of the file.
    /// - Throws: the reason why the file cannot be read.
    mutating func bytes(at path: String, limit: Int) throws(FileReadError) -> [UInt8] {
        fingerprints[path] = .some(nil)
        let file = try readFile(at: path, limit: limit)
        fingerprints[path] = file.fingerprint
        return file.bytes
    }

    /// Reads a UTF-8 file that a flag names.
    mutating func text(at path: String, limit: Int, flag: String) throws(ConfigurationError) -> String {
        let bytes: [UInt8]
        do throws(FileReadError) {
            bytes = try self.bytes(at: path, limit: limit)
        } catch {
            throw ConfigurationError("\(path): cannot be read: \(error); name a readable file with \(flag)")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw ConfigurationError("\(path): is not UTF-8; save the file as UTF-8")
        }
        return text
    }

    /// Whether a file was written, replaced, created or deleted since it was read.
    var haveChanged: Bool {
        fingerprints.contains { path, known in (try? FileFingerprint(path: path)) != known }
    }
}
