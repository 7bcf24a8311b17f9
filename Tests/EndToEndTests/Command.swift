// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A program of this package or of the system, run as a user runs it.
final class Command: Sendable {
    /// How it ended.
    struct Ending: Sendable {
        let status: Int32
        let output: String
        let errors: String
    }

    private let process: Process
    private let outputFile: String
    private let errorFile: String

    /// The folder of the package.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    /// Where the programs that are tested were built: where this one was, with the same sanitizer or none.
    static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().path

    /// What a program that was built with a sanitizer needs of this one's environment.
    private static let inherited = ProcessInfo.processInfo.environment.filter {
        ["ASAN_OPTIONS", "LD_PRELOAD", "TSAN_OPTIONS"].contains($0.key)
    }

    /// Starts a program; what it prints goes to files in a directory.
    ///
    /// The name is a path, or a command to look for in `PATH`; the environment comes on top of a nearly empty one.
    init(_ name: String, _ arguments: [String], in directory: String, environment: [String: String] = [:])
        throws
    {
        let id = UUID().uuidString
        outputFile = "\(directory)/\(id).out"
        errorFile = "\(directory)/\(id).err"
        for file in [outputFile, errorFile] { try Data().write(to: URL(filePath: file)) }
        process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [name] + arguments
        process.currentDirectoryURL = URL(filePath: directory)
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        process.environment = ["PATH": path, "SWIFT_BACKTRACE": "enable=no"].merging(Self.inherited) { $1 }
            .merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: outputFile)
        process.standardError = FileHandle(forWritingAtPath: errorFile)
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        // A long soak runs thousands of commands.
        for file in [outputFile, errorFile] { try? FileManager.default.removeItem(atPath: file) }
    }

    var isRunning: Bool { process.isRunning }
    /// How it has ended: the status, or the signal below 0; `nil` while it runs.
    var status: Int32? {
        guard !process.isRunning else { return nil }
        let isSignal = process.terminationReason == .uncaughtSignal
        return isSignal ? -process.terminationStatus : process.terminationStatus
    }

    var identifier: Int32 { process.processIdentifier }
    var output: String { (try? String(contentsOfFile: outputFile, encoding: .utf8)) ?? "" }
    var errors: String { (try? String(contentsOfFile: errorFile, encoding: .utf8)) ?? "" }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for its end, on a thread of its own.
    func end() async -> Ending {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                process.waitUntilExit()
                continuation.resume()
            }
        }
        return Ending(status: process.terminationStatus, output: output, errors: errors)
    }

    /// Runs a program to its end.
    static func run(
        _ name: String,
        _ arguments: [String],
        in directory: String,
        environment: [String: String] = [:]
    ) async throws -> Ending {
        try await Command(name, arguments, in: directory, environment: environment).end()
    }
}
