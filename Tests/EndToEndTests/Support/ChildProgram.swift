// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A process of a program of this package or of the system.
final class ChildProgram: Sendable {
    /// The exit status and the output of a process that ended.
    struct Result: Sendable {
        let status: Int32
        let output: String
        let errors: String
    }

    private let process: Process
    private let outputFile: String

    /// Signalled when the standard error is complete.
    private let isCopied = DispatchSemaphore(value: 0)
    private let errorFile: String

    /// The folder of the package.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// The folder of the programs under test: that of the test program, so that both have the same sanitizer or none.
    static let products = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().path

    /// The variables that a program built with a sanitizer needs.
    private static let inherited = ProcessInfo.processInfo.environment.filter {
        ["ASAN_OPTIONS", "LD_PRELOAD", "TSAN_OPTIONS"].contains($0.key)
    }

    /// Starts a program and redirects its output to files in a directory.
    ///
    /// The name is a path, or a command in `PATH`. The environment is added to a nearly empty one.
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
        // A pipe, because a limit of the file size must not stop the log.
        let pipe = Pipe()
        process.standardError = pipe
        try process.run()
        let (input, output) = (pipe.fileHandleForReading, FileHandle(forWritingAtPath: errorFile))
        let isCopied = isCopied
        Thread.detachNewThread {
            while case let bytes = input.availableData, !bytes.isEmpty {
                try? output?.write(contentsOf: bytes)
            }
            isCopied.signal()
        }
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        // A long soak starts thousands of processes.
        for file in [outputFile, errorFile] { try? FileManager.default.removeItem(atPath: file) }
    }

    var isRunning: Bool { process.isRunning }

    /// The exit status, or the negated signal number; `nil` while the process runs.
    var status: Int32? {
        guard !process.isRunning else { return nil }
        let isSignal = process.terminationReason == .uncaughtSignal
        return isSignal ? -process.terminationStatus : process.terminationStatus
    }

    var identifier: Int32 { process.processIdentifier }
    var output: String { (try? String(contentsOfFile: outputFile, encoding: .utf8)) ?? "" }
    var errors: String { (try? String(contentsOfFile: errorFile, encoding: .utf8)) ?? "" }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits until the process ends, on a thread of its own.
    func end() async -> Result {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [self] in
                process.waitUntilExit()
                _ = isCopied.wait(timeout: .now() + 5)
                isCopied.signal()
                continuation.resume()
            }
        }
        return Result(status: process.terminationStatus, output: output, errors: errors)
    }

    /// Runs a program until it ends.
    static func run(
        _ name: String,
        _ arguments: [String],
        in directory: String,
        environment: [String: String] = [:]
    ) async throws -> Result {
        try await ChildProgram(name, arguments, in: directory, environment: environment).end()
    }
}
