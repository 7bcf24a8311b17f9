// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The machine's clocks.
package struct SystemClock: Sendable {
    /// The kernel's identifier of this boot; random if the kernel's cannot be read.
    ///
    /// Source: proc(5), `/proc/sys/kernel/random/boot_id`.
    package let bootID: String

    /// Reads the boot identifier.
    package init() {
        bootID =
            Self.readBootID() ?? "\(UInt64.random(in: .min ... .max))-\(UInt64.random(in: .min ... .max))"
    }

    /// Reads the time of day, in seconds since the Unix epoch.
    ///
    /// The operator or NTP may set it forward or back. The corresponding C call is `clock_gettime(2)` with `CLOCK_REALTIME`.
    package func secondsSinceEpoch() -> Double { Self.read(CLOCK_REALTIME) }

    /// Reads the time since boot, which never goes back.
    ///
    /// The corresponding C call is `clock_gettime(2)` with `CLOCK_BOOTTIME`.
    package func uptime() -> Uptime { Uptime(seconds: Self.read(CLOCK_BOOTTIME)) }

    private static func readBootID() -> String? {
        guard let file = try? readFile(at: "/proc/sys/kernel/random/boot_id", limit: 64) else { return nil }
        let text = String(decoding: file.bytes, as: UTF8.self).filter { $0.isHexDigit || $0 == "-" }
        return text.isEmpty ? nil : text
    }

    private static func read(_ clock: clockid_t) -> Double {
        var time = timespec()
        // The call cannot fail: Linux has had both clocks since 2.6.39.
        _ = unsafe clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
