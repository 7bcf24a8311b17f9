// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The two clocks of polling, and the only thing in it that waits.
package protocol PollingClock: Sendable {
    /// The time of day in seconds since the Unix epoch: what event windows are asked in. It may be stepped.
    func now() -> Double

    /// Seconds since some fixed moment: what intervals and budgets are measured in. It never goes back.
    func uptime() -> Double

    /// Names the moment that uptime counts from: uptimes of the same epoch compare, whatever process read them.
    var epoch: String { get }

    /// Waits, unless the task is cancelled.
    ///
    /// - Throws: only where the task is cancelled.
    func sleep(seconds: Double) async throws(CancellationError)
}

/// The machine's own clocks.
package struct SystemClock: PollingClock {
    /// The boot of this machine; a random name where it is not known, so that it is like no other.
    ///
    /// Source: proc(5), `/proc/sys/kernel/random/boot_id`.
    package let epoch: String

    package init() {
        epoch = Self.bootID() ?? "\(UInt64.random(in: .min ... .max))-\(UInt64.random(in: .min ... .max))"
    }

    package func now() -> Double { Self.read(CLOCK_REALTIME) }

    package func uptime() -> Double { Self.read(CLOCK_BOOTTIME) }

    package func sleep(seconds: Double) async throws(CancellationError) {
        do {
            try await Task.sleep(for: .seconds(max(0, seconds)))
        } catch {
            throw CancellationError()
        }
    }

    private static func bootID() -> String? {
        let descriptor = unsafe open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: 64) { buffer, count in
            unsafe count = max(0, Glibc.read(descriptor, buffer.baseAddress, 64))
        }
        let text = String(decoding: bytes, as: UTF8.self).filter { $0.isHexDigit || $0 == "-" }
        return text.isEmpty ? nil : text
    }

    private static func read(_ clock: clockid_t) -> Double {
        var time = timespec()
        _ = unsafe clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
