// SPDX-License-Identifier: Apache-2.0

/// Bodies compressed by `gzip(1)`.
package enum Gzip {
    /// Compresses the output of a shell command.
    ///
    /// - Throws: if `gzip` is missing.
    package static func compress(outputOf command: String) async throws -> [UInt8] {
        try await ChildProcess(["sh", "-c", "{ \(command); } | gzip -9"]).readToEnd()
    }
}
