// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The limit of open descriptors of this process.
package enum DescriptorLimit {
    /// Raises the soft limit to the hard limit.
    ///
    /// The usual soft limit of 1,024 exists for programs with `select(2)`. Other programs may raise it, and those in Go do.
    /// A limit that cannot be raised stays as it is.
    ///
    /// The corresponding C function is `setrlimit(2)`.
    package static func raise() {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        guard unsafe getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        _ = unsafe setrlimit(resource, &limit)
    }
}
