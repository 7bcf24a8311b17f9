// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Runs a command until it exits.
///
/// Do not call it on the cooperative pool.
///
/// - Parameters:
///   - arguments: the command, which is searched in `PATH`, and its arguments.
///   - input: its standard input.
/// - Returns: the exit status, and the standard output and error in one text.
/// - Throws: if the command does not exist.
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
