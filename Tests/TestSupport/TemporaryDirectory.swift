// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A directory that is deleted with its last reference.
package final class TemporaryDirectory: Sendable {
    package let path: String

    /// Creates a directory.
    ///
    /// - Parameter fast: whether to use `/dev/shm` if it exists.
    /// - Throws: if it cannot be created.
    package init(fast: Bool = false) throws {
        let memory = URL(fileURLWithPath: "/dev/shm")
        let isInMemory = fast && FileManager.default.isWritableFile(atPath: memory.path)
        let parent = isInMemory ? memory : FileManager.default.temporaryDirectory
        let url = parent.appendingPathComponent("mce-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Returns the path of a file in the directory.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file in the directory.
    ///
    /// - Returns: its path.
    package func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: file(name), atomically: true, encoding: .utf8)
        return file(name)
    }
}
