// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A preloaded library that steps the time of day of a process.
///
/// It changes CLOCK_REALTIME only, as a step of the real clock does. libfaketime is no substitute, because it also moves
/// timers of other clocks.
struct SteppedClock: Sendable {
    private let library: String
    private let directory: String

    /// Builds the library with the C compiler of the Swift toolchain.
    init(in directory: String) async throws {
        self.directory = directory
        library = "\(directory)/stepped_clock.so"
        let source = "\(ChildProgram.root)/Tests/EndToEndTests/Soak/stepped_clock.c"
        let result = try await ChildProgram.run(
            "sh",
            [
                "-c",
                "$(command -v clang || command -v cc) -O1 -shared -fPIC -o \(library) \(source)",
            ],
            in: directory
        )
        guard result.status == 0 else {
            throw TimeoutError(description: "cannot build stepped_clock.c: \(result.errors)")
        }
        for name in ["exporter", "past"] { try Data(count: 8).write(to: URL(filePath: file(of: name))) }
    }

    /// The environment of a process whose clock has a name.
    func environment(of name: String = "exporter") -> [String: String] {
        ["LD_PRELOAD": library, "CLOCK_STEP": file(of: name)]
    }

    /// StepTimer a clock of programs that run.
    ///
    /// - Parameters:
    ///   - seconds: how far ahead of the true time it is from now on.
    ///   - name: whose clock.
    /// - Throws: where its file cannot be written.
    func step(to seconds: Int, of name: String = "exporter") throws {
        // In place, because the process maps this file.
        let handle = try FileHandle(forWritingTo: URL(filePath: file(of: name)))
        let value = Int64(seconds)
        try handle.write(contentsOf: unsafe withUnsafeBytes(of: value) { unsafe Data($0) })
        try handle.close()
    }

    private func file(of name: String) -> String { "\(directory)/\(name).step" }
}
