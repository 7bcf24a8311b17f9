// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What changes when a file is written or replaced, also by another target of a symbolic link.
struct FileFingerprint: Sendable, Hashable {
    private let device: UInt
    private let inode: UInt
    private let size: Int
    private let seconds: Int
    private let nanoseconds: Int

    /// Takes what `stat(2)` says.
    init(_ status: stat) {
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
        size = Int(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }

    /// The fingerprint of a file as it is now.
    ///
    /// - Throws: where there is no such file, or it cannot be looked at.
    init(path: String) throws(SmallFileError) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw .system(errno) }
        self.init(status)
    }
}
