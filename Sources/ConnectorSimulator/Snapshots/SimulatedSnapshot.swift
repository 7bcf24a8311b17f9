// SPDX-License-Identifier: Apache-2.0

/// One snapshot, with the time of its collection.
struct SimulatedSnapshot: Sendable {
    /// When it was recorded, in seconds since the Unix epoch.
    let t: Int
    /// When it was collected, in seconds since the Unix epoch.
    let a: Int
    var object: SnapshotObject
}

extension SnapshotHistory {
    /// Renders the snapshot of a time.
    ///
    /// - Precondition: the API lists it.
    func snapshot(at t: Int) -> SimulatedSnapshot {
        let content = SnapshotContent(model, state(at: t), at: t, isActive: isActive(at: t))
        return SimulatedSnapshot(t: t, a: collection(of: t), object: content.object)
    }
}
