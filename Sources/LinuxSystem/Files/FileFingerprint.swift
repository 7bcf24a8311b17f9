// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The properties of a file that change when the file is written or replaced.
///
/// A symbolic link is followed, so a link to another target is a change.
package struct FileFingerprint: Sendable, Hashable {
    private let identity: FileIdentity
    private let size: Int
    private let seconds: Int
    private let nanoseconds: Int

    init(_ status: stat) {
        identity = FileIdentity(status)
        size = Int(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }

    /// Returns the fingerprint of the file at a path.
    ///
    /// - Throws: the error of `stat(2)`, for example `ENOENT`.
    package init(path: String) throws(Errno) {
        var status = stat()
        _ = try retrying { unsafe stat(path, &status) }
        self.init(status)
    }

    /// Returns the fingerprint of an open file.
    package init(descriptor: borrowing Descriptor) throws(Errno) {
        let number = descriptor.rawValue
        var status = stat()
        _ = try retrying { unsafe fstat(number, &status) }
        self.init(status)
    }
}
