// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxSystem

/// A child process of a test, killed when its last reference goes away.
///
/// It inherits its three standard streams only. A leaked descriptor would keep a connection or a pipe of another test
/// open, and that test would wait forever.
package final class ChildProcess: Sendable {
    private let pid: pid_t
    private let input: Int32
    private let output: Int32

    /// Starts a command with an open standard input, and discards its standard error.
    ///
    /// - Parameter arguments: the command, which is searched in `PATH`, and its arguments.
    /// - Throws: if the command does not exist.
    package init(_ arguments: [String]) throws(SystemError) {
        let (childInput, input) = try Self.pipe()
        let (output, childOutput) = try Self.pipe()
        defer {
            close(childInput)
            close(childOutput)
        }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, childInput, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, childOutput, 1)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        // posix_spawn(3) closes what is not open without complaint, up to the limit of descriptors.
        for descriptor in 3..<Self.descriptorLimit {
            unsafe posix_spawn_file_actions_addclose(&actions, descriptor)
        }

        var pid = pid_t()
        var words: [UnsafeMutablePointer<CChar>?] = unsafe arguments.map { unsafe strdup($0) } + [nil]
        let code = unsafe posix_spawnp(&pid, arguments[0], &actions, nil, &words, environ)
        unsafe words.forEach { unsafe free($0) }
        self.pid = pid
        self.input = input
        self.output = output
        guard code == 0 else {
            close(input)
            close(output)
            throw SystemError(call: "posix_spawnp", number: code)
        }
    }

    deinit {
        kill(pid, SIGKILL)
        _ = waitpid(pid, nil, 0)
        close(input)
        close(output)
    }

    /// Reads the available output, or waits for some.
    ///
    /// - Returns: an empty array at the end of the output.
    /// - Throws: if no thread can be started.
    package func read() async throws -> [UInt8] {
        try await DetachedThread.run(named: "test") { [self] in
            var bytes = [UInt8](repeating: 0, count: 64 << 10)
            while true {
                let count = unsafe Glibc.read(output, &bytes, bytes.count)
                if count < 0 && errno == EINTR { continue }
                return Array(bytes.prefix(max(0, count)))
            }
        }
    }

    /// Reads until the command closes its output.
    ///
    /// - Throws: if no thread can be started.
    package func readToEnd() async throws -> [UInt8] {
        var all: [UInt8] = []
        while case let bytes = try await read(), !bytes.isEmpty { all += bytes }
        return all
    }

    private static var descriptorLimit: Int32 {
        var limit = rlimit()
        _ = unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int32(min(limit.rlim_cur, 4096))
    }

    private static func pipe() throws(SystemError) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        guard unsafe Glibc.pipe(&ends) == 0 else { throw SystemError(call: "pipe", number: errno) }
        return (ends[0], ends[1])
    }
}
