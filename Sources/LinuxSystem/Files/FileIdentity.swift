// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The device and inode of a file, which are the same under all of its names.
package struct FileIdentity: Sendable, Hashable {
    private let device: UInt
    private let inode: UInt

    init(_ status: stat) {
        device = UInt(status.st_dev)
        inode = UInt(status.st_ino)
    }

    /// Returns the identity of the file at a path.
    ///
    /// - Parameters:
    ///   - path: The file's path.
    ///   - followsSymbolicLink: Whether to follow a symbolic link at the end of the path. If not, the identity is the
    ///     link's own.
    /// - Throws: the error of `stat(2)`, for example `ENOENT`.
    package init(path: String, followsSymbolicLink: Bool = true) throws(Errno) {
        var status = stat()
        _ = try retrying {
            unsafe followsSymbolicLink ? stat(path, &status) : lstat(path, &status)
        }
        self.init(status)
    }

    /// Returns the identity of an open file.
    package init(descriptor: Int32) throws(Errno) {
        var status = stat()
        _ = try retrying { unsafe fstat(descriptor, &status) }
        self.init(status)
    }
}
