// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A program that somebody else wrote, asked for its opinion.
struct Tool {
    let path: String

    /// The promtool of Debian's package `prometheus`.
    static let promtool = Tool(path: "/usr/bin/promtool")
    static let gzip = Tool(path: "/usr/bin/gzip")
    static let python = Tool(path: "/usr/bin/python3")

    var isInstalled: Bool { FileManager.default.isExecutableFile(atPath: path) }

    /// Runs the program to its end.
    ///
    /// - Returns: its status, and what it wrote to both of its outputs.
    func run(_ arguments: [String], input: URL? = nil) throws -> (status: Int32, output: Data) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = try input.map(FileHandle.init(forReadingFrom:)) ?? FileHandle.nullDevice
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }
}

/// Gives a test a directory of its own, and removes it.
func withTemporaryDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let directory = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    return try body(directory)
}
