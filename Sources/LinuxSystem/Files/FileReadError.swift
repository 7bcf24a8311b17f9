// SPDX-License-Identifier: Apache-2.0

/// The reason why a file cannot be read, worded to follow the file's path.
package enum FileReadError: Error, Hashable, CustomStringConvertible {
    /// A system call failed.
    case system(Errno)
    /// The file has more bytes than this limit.
    case tooLong(limit: Int)

    package var description: String {
        switch self {
        case .system(let error): error.message
        case .tooLong(let limit): "is longer than \(limit) bytes"
        }
    }
}
