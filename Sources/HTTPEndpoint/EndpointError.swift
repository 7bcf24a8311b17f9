// SPDX-License-Identifier: Apache-2.0

/// An endpoint that cannot be configured or cannot listen.
package struct EndpointError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The object, the problem and the remedy, without a period at the end.
    package let description: String

    /// The error number of the failed system call; `nil` if no system call failed.
    package let errno: Int32?

    init(_ description: String, errno: Int32? = nil) {
        self.description = description
        self.errno = errno
    }
}
