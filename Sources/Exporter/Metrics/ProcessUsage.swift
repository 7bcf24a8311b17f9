// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxSystem

/// What the kernel says of this process; what it does not say is left out rather than faked.
///
/// Source: `proc_pid_stat(5)`; Prometheus client libraries, "Standard and runtime collectors".
struct ProcessUsage: Sendable {
    let cpuSeconds: Double?
    let openDescriptors: Int?
    let maximumDescriptors: Int?
    let virtualMemoryBytes: Int?
    let residentMemoryBytes: Int?

    /// Reads it now.
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

    /// When the process started, in seconds since the Unix epoch.
    static func startTime(now: Double, uptime: Double) -> Double? {
        number(19, in: statFields()).map { now - uptime + Double($0) / Double(sysconf(Int32(_SC_CLK_TCK))) }
    }

    /// The fields behind the command's name, which may itself hold spaces and parentheses; the first is the
    /// state.
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
        // Neither `.` and `..` nor the descriptor that reads the directory count.
        return max(0, count - 3)
    }
}
