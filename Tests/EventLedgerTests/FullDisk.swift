// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A full disk for the whole process.
///
/// Use it in exit tests only.
///
/// The kernel refuses every write to a file, as on a full disk.
/// The corresponding C function is `setrlimit(2)`, `RLIMIT_FSIZE`.
enum FullDisk {
    static func begin() {
        _ = signal(SIGXFSZ, SIG_IGN)
        set(0)
    }

    static func end() { set(rlim_t.max) }

    private static func set(_ bytes: rlim_t) {
        let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
        var limit = rlimit()
        _ = unsafe getrlimit(resource, &limit)
        limit.rlim_cur = min(bytes, limit.rlim_max)
        _ = unsafe setrlimit(resource, &limit)
    }
}
