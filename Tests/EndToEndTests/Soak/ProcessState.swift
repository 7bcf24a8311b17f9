// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The resources of a process, as the kernel reports them.
struct ProcessState: Sendable, CustomStringConvertible {
    /// In bytes.
    let residentMemory: Int
    /// Open descriptors that are sockets: they come and go with idle connections.
    let sockets: Int
    /// The targets of all other open descriptors, sorted.
    let others: [String]

    /// Source: proc(5).
    init(of process: Int32) throws {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let kilobytes = status.firstMatch(of: /VmRSS:\s+([0-9]+) kB/).flatMap { Int($0.output.1) }
        residentMemory = (kilobytes ?? 0) * 1024
        let folder = "/proc/\(process)/fd"
        // A descriptor may be closed while the folder is read.
        let targets = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\($0)")
        }
        sockets = targets.count { $0.hasPrefix("socket:") }
        // The output files differ from process to process.
        others = targets.filter { !$0.hasPrefix("socket:") }
            .map { $0.hasSuffix(".out") ? ".out" : $0.hasPrefix("pipe:") ? "pipe" : $0 }.sorted()
    }

    var descriptors: Int { sockets + others.count }

    var description: String {
        "\(residentMemory >> 20) MiB, \(others.count) descriptors and \(sockets) sockets"
    }
}
