// SPDX-License-Identifier: Apache-2.0

/// Bodies as `gzip(1)` makes them.
package enum Gzip {
    /// Compresses the output of a shell command.
    ///
    /// - Throws: where `gzip` is missing.
    package static func compress(outputOf command: String) async throws -> [UInt8] {
        try await ChildProcess(["sh", "-c", "{ \(command); } | gzip -9"]).readToEnd()
    }
}
