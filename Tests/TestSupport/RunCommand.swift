// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Runs a command to its end; not on the cooperative pool.
///
/// - Parameters:
///   - arguments: the first is looked for in `PATH`.
///   - input: what it reads.
/// - Returns: its exit status, and what it wrote to both of its outputs.
/// - Throws: where there is no such command.
package func runCommand(_ arguments: [String], input: String = "") throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    let (feed, output) = (Pipe(), Pipe())
    process.standardInput = feed
    process.standardOutput = output
    process.standardError = output
    try process.run()
    feed.fileHandleForWriting.write(Data(input.utf8))
    try feed.fileHandleForWriting.close()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
}
