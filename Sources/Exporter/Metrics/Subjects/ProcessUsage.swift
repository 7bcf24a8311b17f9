// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Glibc
import LinuxSystem

/// The resources that this process uses.
///
/// A value that the kernel does not report is `nil`.
///
/// Source: `proc_pid_stat(5)`; Prometheus client libraries, "Standard and runtime collectors".
struct ProcessUsage: Sendable {
    /// The CPU time in user and kernel mode.
    let cpuSeconds: Double?

    /// The number of open file descriptors.
    let openDescriptors: Int?

    /// The limit of open file descriptors.
    let maximumDescriptors: Int?

    /// The size of the address space.
    let virtualMemoryBytes: Int?

    /// The size of the memory in RAM.
    let residentMemoryBytes: Int?

    /// Reads the current values.
    static func read() -> ProcessUsage {
        let fields = statFields()
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        var limit = rlimit()
        let hasLimit = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
        return ProcessUsage(
            cpuSeconds: number(11, in: fields).flatMap { user in
                number(12, in: fields).map { Double(user + $0) / ticks }
            },
            openDescriptors: openDescriptorCount(),
            maximumDescriptors: hasLimit ? Int(clamping: limit.rlim_cur) : nil,
            virtualMemoryBytes: number(20, in: fields),
            residentMemoryBytes: number(21, in: fields).map { $0 * sysconf(Int32(_SC_PAGESIZE)) }
        )
    }

    /// Returns when the process started, or `nil` if unknown.
    static func startTime(now: Timestamp, uptime: Double) -> Timestamp? {
        number(19, in: statFields()).map { now - uptime + Double($0) / Double(sysconf(Int32(_SC_CLK_TCK))) }
    }

    /// Returns the fields after the command name, which may itself contain spaces and parentheses.
    ///
    /// The first field is the state, field 3 of the manual page.
    private static func statFields() -> [Substring] {
        guard let file = try? readFile(at: "/proc/self/stat", limit: 4096) else { return [] }
        let text = String(decoding: file.bytes, as: UTF8.self)
        guard let end = text.lastIndex(of: ")") else { return [] }
        return text[text.index(after: end)...].split(separator: " ")
    }

    private static func number(_ index: Int, in fields: [Substring]) -> Int? {
        index < fields.count ? Int(fields[index]) : nil
    }

    private static func openDescriptorCount() -> Int? {
        guard let directory = unsafe opendir("/proc/self/fd") else { return nil }
        defer { unsafe closedir(directory) }
        var count = 0
        while unsafe readdir(directory) != nil { count += 1 }
        // `.`, `..` and the descriptor of the directory itself do not count.
        return max(0, count - 3)
    }
}
