// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A system call that failed in a test's own machinery.
package struct SystemError: Error, CustomStringConvertible {
    /// The call, by its name in C.
    package let call: String

    /// The number of the error.
    package let number: Int32

    package var description: String { "\(call): \(unsafe String(cString: strerror(number)))" }
}
