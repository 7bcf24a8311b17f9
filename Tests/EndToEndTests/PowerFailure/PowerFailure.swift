// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A preloaded library that simulates a power failure for the files of one directory.
///
/// It discards everything that the process did not synchronize, the worst case that a disk permits.
struct PowerFailure: Sendable {
    private let library: String
    private let record: String
    private let storage: String

    /// Builds the library with the C compiler of the Swift toolchain.
    ///
    /// - Parameters:
    ///   - storage: the directory that loses data.
    ///   - directory: a directory for the library and its records.
    /// - Throws: if the library cannot be built.
    init(of storage: String, in directory: String) async throws {
        self.storage = storage
        library = "\(directory)/power_failure.so"
        record = "\(directory)/power-failure"
        let source = "\(ChildProgram.root)/Tests/EndToEndTests/PowerFailure/power_failure.c"
        let result = try await ChildProgram.run(
            "sh",
            ["-c", "$(command -v clang || command -v cc) -O1 -shared -fPIC -o \(library) \(source)"],
            in: directory
        )
        guard result.status == 0 else {
            throw TimeoutError(description: "cannot build power_failure.c: \(result.errors)")
        }
        try FileManager.default.createDirectory(atPath: record, withIntermediateDirectories: false)
    }

    /// The environment of a process whose writes are recorded.
    var environment: [String: String] {
        ["LD_PRELOAD": library, "POWER_FAILURE_OF": storage, "POWER_FAILURE_RECORD": record]
    }

    /// Replaces the directory by what the process has synchronized.
    ///
    /// The process must have ended.
    ///
    /// - Returns: the number of files that lost data.
    func apply() throws -> Int {
        let files = FileManager.default
        let names = try String(contentsOfFile: "\(record)/names", encoding: .utf8).split(separator: "\n")
        let synchronized = names.map { line in
            let fields = line.split(separator: " ", maxSplits: 1)
            let bytes = files.contents(atPath: "\(record)/\(fields[0])") ?? Data()
            return (name: String(fields[1]), bytes: bytes)
        }
        // The kernel rebuilds locks and shared memory.
        let lost = synchronized.count { name, bytes in
            !name.hasSuffix("-shm") && name != "lock" && files.contents(atPath: "\(storage)/\(name)") != bytes
        }
        for directory in [storage, record] {
            try files.removeItem(atPath: directory)
            try files.createDirectory(
                atPath: directory,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
        }
        var recordedNames = ""
        for (name, bytes) in synchronized {
            let path = "\(storage)/\(name)"
            try bytes.write(to: URL(filePath: path))
            let inode = try files.attributesOfItem(atPath: path)[.systemFileNumber] as? Int ?? 0
            try bytes.write(to: URL(filePath: "\(record)/\(inode)"))
            recordedNames += "\(inode) \(name)\n"
        }
        try Data(recordedNames.utf8).write(to: URL(filePath: "\(record)/names"))
        return lost
    }
}
