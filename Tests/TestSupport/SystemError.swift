// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A failed system call of a test.
package struct SystemError: Error, CustomStringConvertible {
    /// The C name of the call.
    package let call: String

    /// The errno.
    package let number: Int32

    package var description: String { "\(call): \(unsafe String(cString: strerror(number)))" }
}
