// SPDX-License-Identifier: Apache-2.0

/// Why an endpoint cannot listen.
package struct EndpointError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What went wrong and what to do about it, as a sentence for the operator.
    package let description: String

    /// The number of the failed system call's error, where there was one.
    package let errno: Int32?

    init(_ description: String, errno: Int32? = nil) {
        self.description = description
        self.errno = errno
    }
}
