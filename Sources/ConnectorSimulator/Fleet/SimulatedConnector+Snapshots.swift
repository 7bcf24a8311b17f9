// SPDX-License-Identifier: Apache-2.0

/// The effects of a connector's life on its snapshots.
extension SimulatedConnector {
    /// Applies the effect of a scripted event.
    ///
    /// A snapshot of the same second may have been recorded before the event, so the next second is the first one that
    /// shows it.
    mutating func apply(_ event: ScriptedEvent, recorded t: Int) {
        switch event.effect {
        case .none: break
        case .shutdown: snapshots.shutDown(at: t + 1)
        case .boot: snapshots.start(at: t + 1, version: event.version)
        case .failover: failovers.append(t + 1)
        }
    }

    /// Starts a silence right after the newest snapshot, or after a time before it.
    mutating func silence(_ reason: SnapshotHistory.Reason, at time: Int) {
        let newest = snapshots.newest(now: time) ?? time
        snapshots.fallSilent(reason, at: min(time, newest) + 1)
    }

    /// Records a boot, with a snapshot that shows it at once.
    mutating func recordBoot(at now: Int) {
        let t = snapshots.nextExtra(at: now)
        snapshots.change([.boot(snapshots.bootTime(beforeExtra: t), version: nil)], at: t)
    }
}
