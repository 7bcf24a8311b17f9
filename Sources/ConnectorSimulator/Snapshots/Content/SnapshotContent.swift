// SPDX-License-Identifier: Apache-2.0

/// The content of one snapshot: all 175 fields of the reference.
///
/// Source: Cloudflare API, "Magic Transit › Connectors › Telemetry › Snapshots › Get Snapshot"; Python SDK 5.9.0.
struct SnapshotContent: Sendable {
    let model: BoxModel
    let state: BoxState
    /// Seconds since the Unix epoch.
    let t: Int
    /// The role in the pair, or `nil` if the connector is not paired.
    let isActive: Bool?
    let noise: BoxNoise
    /// The seconds since boot.
    let uptime: Int
    /// The work since boot, in seconds of average load.
    let work: Double
    /// How busy the box is: 1 is the average.
    let load: Double
    /// How much busier the box is than others, from 0.5 to 1.5.
    let scale: Double

    /// - Parameters:
    ///   - model: the box.
    ///   - state: the state of the box at `t`.
    ///   - t: seconds since the Unix epoch.
    ///   - isActive: the role in the pair, or `nil` if the connector is not paired.
    init(_ model: BoxModel, _ state: BoxState, at t: Int, isActive: Bool?) {
        self.model = model
        self.state = state
        self.t = t
        self.isActive = isActive
        noise = model.noise
        uptime = max(0, t - state.bootTime)
        work = noise.work(from: state.bootTime, to: t)
        load = noise.load(at: t)
        scale = 0.5 + noise.unit(0xc0_01)
    }

    /// Returns a counter since boot, whose average increase per second is `rate`.
    func count(_ rate: Double) -> Int { Int(rate * scale * work) }

    var object: SnapshotObject {
        var object = SnapshotObject(capacity: 176)
        addIdentity(to: &object)
        addProcessor(to: &object)
        addPressure(to: &object)
        addMemory(to: &object)
        addProtocols(to: &object)
        object.add("bonds", bonds)
        object.add("dhcp_leases", leases)
        object.add("disks", disks)
        object.add("interfaces", interfaces)
        object.add("mounts", mounts)
        object.add("netdevs", devices)
        object.add("routes", routes)
        object.add("thermals", sensors)
        object.add("tunnels", tunnels)
        return object
    }

    private func addIdentity(to object: inout SnapshotObject) {
        let name = state.haState ?? isActive.map { $0 ? "active" : "standby" } ?? "disabled"
        object.add("t", t)
        object.add("v", state.version)
        object.add("count_record_failed", noise.whole(0...2, 0xc0_02))
        object.add("count_transmit_failures", noise.whole(0...5, 0xc0_03) + state.failedTransmissions)
        object.add("count_reclaim_failures", 0)
        object.add("count_reclaimed_paths", noise.whole(0...40, 0xc0_04))
        object.add("platform", model.platform)
        object.add("site_id", model.siteID)
        object.add("ha_state", name)
        object.add("ha_value", Self.states.firstIndex(of: name) ?? 0)
        object.add("delta", 3 + state.changeCount % 7)
        object.add("epsilon", state.changeCount % 7)
    }

    /// The states of high availability, in the order of their numbers.
    private static let states = ["disabled", "active", "standby", "stopped", "fault"]
}
