// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxSystem
import Testing

@Suite struct ReadFileTests {
    @Test func `reads a file of /proc, whose size is 0`() throws {
        let file = try readFile(at: "/proc/self/stat", limit: 4096)
        #expect(String(decoding: file.bytes, as: UTF8.self).hasPrefix("\(getpid()) ("))
    }

    @Test(arguments: [0, 1, 4095, 16_384, 16_385, 100_000])
    func `accepts exactly the limit and refuses one byte more`(size: Int) throws {
        try withTemporaryFile(size: size) { path in
            let count = try readFile(at: path, limit: size).bytes.count
            #expect(count == size)
            let bytes = try readFile(at: path, limit: 200_000).bytes
            #expect(bytes == [UInt8](repeating: 0x61, count: size))
            guard size > 0 else { return }
            #expect(throws: FileReadError.tooLong(limit: size - 1)) {
                _ = try readFile(at: path, limit: size - 1)
            }
        }
    }

    @Test func `reports the system's error`() {
        let error = #expect(throws: FileReadError.self) { _ = try readFile(at: "/nowhere/at/all", limit: 10) }
        #expect(error == .system(Errno(rawValue: ENOENT)))
        #expect(error?.description == "No such file or directory")
    }

    @Test func `does not wait for the writer of a named pipe`() throws {
        let path = "/tmp/linux-system-\(getpid())-pipe"
        let status = unsafe mkfifo(path, 0o600)
        #expect(status == 0)
        defer { unsafe unlink(path) }
        let bytes = try readFile(at: path, limit: 10).bytes
        #expect(bytes.isEmpty)
    }
}

@Suite struct FileIdentityTests {
    @Test func `a link has the identity of its target, unless links are not followed`() throws {
        try withTemporaryFile(size: 1) { path in
            let link = path + "-link"
            let status = unsafe symlink(path, link)
            #expect(status == 0)
            defer { unsafe unlink(link) }
            let target = try FileIdentity(path: path)
            let followed = try FileIdentity(path: link)
            let own = try FileIdentity(path: link, followsSymbolicLink: false)
            #expect(followed == target)
            #expect(own != target)
        }
    }

    @Test func `a written file has the same identity and another fingerprint`() throws {
        try withTemporaryFile(size: 1) { path in
            let (identity, fingerprint) = try (FileIdentity(path: path), FileFingerprint(path: path))
            let status = unsafe truncate(path, 5)
            #expect(status == 0)
            let now = try (FileIdentity(path: path), FileFingerprint(path: path))
            #expect(now.0 == identity)
            #expect(now.1 != fingerprint)
        }
    }
}

private func withTemporaryFile(size: Int, _ body: (String) throws -> Void) throws {
    let path = "/tmp/linux-system-\(getpid())-\(UInt64.random(in: .min ... .max))"
    let file = Descriptor(adopting: try retrying { unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600) })
    defer { unsafe unlink(path) }
    let bytes = [UInt8](repeating: 0x61, count: size)
    let number = file.rawValue
    let count = try retrying { unsafe write(number, bytes, size) }
    #expect(count == size)
    try body(path)
}
