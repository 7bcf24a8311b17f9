// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Returns whether the mode of a file allows every user to read it; `false` if the file cannot be examined.
///
/// Symbolic links are followed. The directories of the path may still deny access.
package func isReadableByAllUsers(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IROTH != 0
}
