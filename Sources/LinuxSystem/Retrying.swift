// SPDX-License-Identifier: Apache-2.0

import Glibc

// Two overloads instead of one generic function: the compiler does not specialize `package` generics across modules.

/// Calls a system call, and calls it again if a signal interrupts it.
///
/// - Returns: the call's result, which is not -1.
/// - Throws: the error number if the call returns -1 with an error other than `EINTR`.
package func retrying(_ call: () -> Int32) throws(Errno) -> Int32 {
    while true {
        let result = call()
        guard result == -1 else { return result }
        let error = Errno.current
        guard error.rawValue == EINTR else { throw error }
    }
}

/// Calls a system call that returns a byte count, and calls it again if a signal interrupts it.
///
/// - Returns: the call's result, which is not -1.
/// - Throws: the error number if the call returns -1 with an error other than `EINTR`.
package func retrying(_ call: () -> Int) throws(Errno) -> Int {
    while true {
        let result = call()
        guard result == -1 else { return result }
        let error = Errno.current
        guard error.rawValue == EINTR else { throw error }
    }
}
