// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Why a file cannot be read, to stand behind its path.
enum SmallFileError: Error, Hashable, CustomStringConvertible {
    /// The system's error number.
    case system(Int32)
    /// It has more bytes than this.
    case tooLong(Int)

    var description: String {
        switch self {
        case .system(let code): unsafe String(cString: strerror(code))
        case .tooLong(let limit): "is longer than \(limit) bytes"
        }
    }
}
