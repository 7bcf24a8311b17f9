// SPDX-License-Identifier: Apache-2.0

/// What the counters of snapshots count from, which the API does not document.
package enum CounterSemantics: Sendable, Hashable {
    /// From the boot of the connector, as the metrics assume.
    case cumulative
    /// From the previous snapshot.
    case delta

    /// The fields that only this check reads.
    static let fields: [SnapshotReading] = [.number("uptime_idle_ms")]

    /// The maximum difference of two readings of one boot time, in seconds.
    private static let bootTolerance = 3.0

    /// The maximum difference of the two idle times, as a share.
    private static let idleTolerance = 0.02

    /// Finds evidence in a snapshot and the previous one of the same connector.
    ///
    /// - Returns: `nil` without evidence.
    package static func evidence(in snapshot: Snapshot, after previous: Snapshot?) -> Self? {
        if let previous, previous.t < snapshot.t, let boot = snapshot.bootTime,
            let before = previous.bootTime,
            abs(boot - before) <= bootTolerance
        {
            let hasDecreased = ["kernel_ctxt", "cpu_time_idle_ms"].contains { field in
                guard let new = snapshot.number(field), let old = previous.number(field) else { return false }
                return new < old
            }
            if hasDecreased { return .delta }
        }
        // Both are the idle time of all cores since the boot, from different files of the kernel.
        if let idle = snapshot.number("cpu_time_idle_ms"), let total = snapshot.number("uptime_idle_ms"),
            total > 0, abs(idle - total) <= idleTolerance * total
        {
            return .cumulative
        }
        return nil
    }
}
