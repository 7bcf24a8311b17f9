// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A directory of one test, gone with it.
package final class TemporaryDirectory: Sendable {
    package let path: String

    /// Makes a new directory.
    ///
    /// - Parameter fast: whether it is to be in memory, where the machine has a place for that.
    /// - Throws: where it cannot be made.
    package init(fast: Bool = false) throws {
        let memory = URL(fileURLWithPath: "/dev/shm")
        let isInMemory = fast && FileManager.default.isWritableFile(atPath: memory.path)
        let parent = isInMemory ? memory : FileManager.default.temporaryDirectory
        let url = parent.appendingPathComponent("mce-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        path = url.path
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of something in it.
    package func file(_ name: String) -> String { "\(path)/\(name)" }

    /// Writes a file into it.
    ///
    /// - Returns: its path.
    package func write(_ text: String, to name: String) throws -> String {
        try text.write(toFile: file(name), atomically: true, encoding: .utf8)
        return file(name)
    }
}
