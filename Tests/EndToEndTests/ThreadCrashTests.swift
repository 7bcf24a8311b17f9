// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

private let hasSanitizer = ["ASAN_OPTIONS", "TSAN_OPTIONS"].contains {
    ProcessInfo.processInfo.environment[$0] != nil
}

/// Crashes of single threads: Swift's backtracer must report each, so no thread may block its signals.
@Suite(
    .serialized,
    .disabled(if: hasSanitizer, "the sanitizer handles the same signals"),
    .timeLimit(.minutes(2))
)
struct ThreadCrashTests {
    /// Symbols are not looked up, because that takes seconds and the test needs only the thread's name.
    private static let backtracer =
        "enable=yes,color=no,interactive=no,symbolicate=off,threads=crashed,registers=none,cache=no"

    @Test(
        .enabled(
            if: ProcessInfo.processInfo.environment["CRASH_TESTS"] == "1",
            "Swift's backtracer sometimes hangs on a loaded machine; make nightly sets CRASH_TESTS=1"
        ),
        arguments: ["main", "http-endpoint", "passwords", "curl", "pool"]
    )
    func `a crash is reported with a backtrace`(thread: String) async throws {
        let exporter = try await RunningExporter(environment: ["SWIFT_BACKTRACE": Self.backtracer])
        let victim = try await exporter.thread(thread)
        try exporter.send(SIGSEGV, to: victim)
        _ = try await eventually("the backtrace of \(thread): \(exporter.program.errors.suffix(500))") {
            exporter.program.errors.contains("Backtrace took") ? true : nil
        }
        let report = exporter.program.errors
        #expect(report.contains("Program crashed: "))
        #expect(report.contains(#""\#(victim.name)" crashed:"#), "\(report)")

        // The backtracer restores the default action and returns. A faulting instruction would then fault again, but a
        // signal that was sent must be sent again.
        try exporter.send(SIGSEGV, to: victim)
        _ = await exporter.program.end()
        #expect(exporter.program.status == -SIGSEGV)
    }

    @Test func `no thread blocks the signals of faults`() async throws {
        let exporter = try await RunningExporter(environment: [:])
        for name in ["http-endpoint", "passwords", "curl"] { _ = try await exporter.thread(name) }
        for thread in exporter.threads() {
            for signal in [SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP] {
                #expect(!thread.blocks(signal), "\(thread.name) blocks signal \(signal)")
            }
        }
    }
}

/// A polling exporter with a password, so that it has all of its threads.
///
/// It is not the fixture's exporter, because a backtrace does not belong to the list of messages.
private final class RunningExporter {
    let program: ChildProgram
    private let fixture: ExporterFixture

    init(environment: [String: String]) async throws {
        let fixture = try await ExporterFixture()
        let web = try fixture.directory.write(
            """
            basic_auth_users:
              prometheus: $2b$04$abcdefghijklmnopqrstuu2r9OfJnfCsdneAXAGHnS4UpFFP8WIrW
            """,
            to: "web.yml"
        )
        self.fixture = fixture
        program = try ChildProgram(
            "\(ChildProgram.products)/magic-connector-exporter",
            [
                "--config.file", fixture.configurationFile, "--storage.path", fixture.directory.file("data"),
                "--web.config.file", web, "--web.listen-address", "127.0.0.1:0",
            ],
            in: fixture.directory.path,
            environment: environment
        )
    }

    /// Waits for a thread.
    ///
    /// - Parameter name: The name of the thread, `main`, or `pool` for a thread of Swift's cooperative pool.
    /// - Returns: the thread with the lowest id, because new threads inherit the name of their creator.
    /// - Throws: `TimeoutError` if the program ends or has no such thread.
    func thread(_ name: String) async throws -> ProgramThread {
        try await eventually("the thread \(name)") {
            guard self.program.isRunning else { throw TimeoutError(description: self.program.errors) }
            // Requires the endpoint, which starts last, so that no thread is missing.
            let threads = self.threads()
            guard threads.contains(where: { $0.name == "http-endpoint" }) else { return nil }
            return threads.first { thread in
                switch name {
                case "main": thread.id == self.program.identifier
                // libdispatch names its threads after their queues, which end in the quality of service.
                case "pool": thread.name.contains("-qos")
                default: thread.name == name
                }
            }
        }
    }

    /// Returns the threads in the order of their ids.
    func threads() -> [ProgramThread] {
        let folder = "/proc/\(program.identifier)/task"
        let ids = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).compactMap(
            Int32.init
        )
        return ids.sorted().compactMap { id in
            guard let name = try? String(contentsOfFile: "\(folder)/\(id)/comm", encoding: .utf8),
                let status = try? String(contentsOfFile: "\(folder)/\(id)/status", encoding: .utf8),
                let mask = status.firstMatch(of: /SigBlk:\s*([0-9a-f]+)/).flatMap({
                    UInt64($0.output.1, radix: 16)
                })
            else { return nil }
            return ProgramThread(id: id, name: String(name.dropLast()), mask: mask)
        }
    }

    /// Sends a signal to one thread.
    ///
    /// - Throws: if the thread has ended.
    func send(_ signal: Int32, to thread: ProgramThread) throws {
        typealias Function = @convention(c) (pid_t, pid_t, Int32) -> Int32
        // Swift does not import tgkill(2), which needs _GNU_SOURCE.
        guard let symbol = unsafe dlsym(nil, "tgkill") else { throw CancellationError() }
        let tgkill = unsafe unsafeBitCast(symbol, to: Function.self)
        try #require(tgkill(program.identifier, thread.id, signal) == 0, "\(thread.name) has ended")
    }
}

/// A thread of another process.
private struct ProgramThread {
    let id: Int32

    let name: String

    /// The blocked signals: bit 0 is signal 1.
    let mask: UInt64

    func blocks(_ signal: Int32) -> Bool { mask >> UInt64(signal - 1) & 1 == 1 }
}
