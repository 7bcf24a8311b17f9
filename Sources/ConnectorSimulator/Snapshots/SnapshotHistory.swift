// SPDX-License-Identifier: Apache-2.0

/// The snapshots of one box: when each was recorded, and the state that it shows.
///
/// No snapshot is stored. Its content is a function of the box, its changes and the time.
struct SnapshotHistory: Sendable {
    let model: BoxModel
    let schedule: SnapshotSchedule
    private let initial: BoxState
    /// The state after all changes.
    private var current: BoxState
    /// The changes so far, in order of time.
    private var changes: [TimedBoxChange] = []
    /// The changes of the script that are not applied yet.
    private var scripted: [TimedBoxChange] = []
    private var incidents: BoxIncidents
    /// The roles in the pair since the birth, in order of time; empty if the connector is not paired.
    private var roles: [(t: Int, isActive: Bool)] = []
    /// The times of the snapshots that tests caused, in order.
    private(set) var extras: [Int] = []
    private var silences: [Silence] = []
    /// The first second whose snapshots still exist.
    private var firstListed = Int.min

    /// A time without snapshots.
    private struct Silence: Sendable {
        let reason: Reason
        let from: Int
        /// The first second after it, or `nil` if it lasts.
        var to: Int?
    }

    /// The cause of a silence.
    enum Reason: Sendable {
        /// A test asked for it.
        case requested
        case noPower
        /// All scripts are paused.
        case paused
        case reboot
    }

    /// - Parameters:
    ///   - model: the box.
    ///   - schedule: the times of its snapshots.
    ///   - incidents: the scripted incidents of the box.
    ///   - version: the version of the agent at birth.
    ///   - isActive: the role in the pair at birth, or `nil` if the connector is not paired.
    init(
        _ model: BoxModel,
        _ schedule: SnapshotSchedule,
        _ incidents: BoxIncidents,
        version: String,
        isActive: Bool?
    ) {
        self.model = model
        self.schedule = schedule
        self.incidents = incidents
        initial = BoxState(model, birth: schedule.birth, version: version)
        current = initial
        if let isActive { roles = [(schedule.birth, isActive)] }
    }

    /// The snapshots of a connector of a fleet, at its birth.
    init(
        _ configuration: FleetConfiguration,
        _ identity: ConnectorIdentity,
        account: Int,
        birth: Int,
        version: String
    ) {
        let model = BoxModel(seed: configuration.seed, account: account, identity: identity)
        var random = SeededGenerator(
            seed: configuration.seed,
            UInt64(account) << 32 | UInt64(identity.index),
            8
        )
        self.init(
            model,
            SnapshotSchedule(birth: birth, interval: configuration.snapshotInterval, noise: model.noise),
            BoxIncidents(
                seed: random.next(),
                birth: birth,
                frequency: configuration.snapshotIncidents,
                model
            ),
            version: version,
            isActive: identity.site.isPair ? identity.isPrimary : nil
        )
    }

    // MARK: State

    /// Adds a change that `advance(to:)` applies.
    mutating func plan(_ change: BoxChange, at t: Int) {
        scripted.append(TimedBoxChange(t: t, change: change))
    }

    /// Applies the scripted changes up to a time.
    mutating func advance(to now: Int) {
        let due = incidents.changes(until: now) + scripted
        scripted = []
        guard !due.isEmpty else { return }
        for change in due.sorted(by: { $0.t < $1.t }) {
            // A snapshot that clients may have read never changes.
            apply(change.change, at: max(change.t, (extras.last ?? .min) + 1))
        }
    }

    /// Applies a change, not before the previous one.
    private mutating func apply(_ change: BoxChange, at t: Int) {
        let timed = TimedBoxChange(t: max(t, changes.last?.t ?? .min), change: change)
        changes.append(timed)
        current.apply(timed, model)
    }

    /// Applies changes of a test and records a snapshot at once, unless the box is silent.
    ///
    /// - Parameters:
    ///   - changes: the changes; a boot without a time is one at `t`.
    ///   - t: a result of `nextExtra(at:)`.
    mutating func change(_ changes: [BoxChange], at t: Int) {
        for change in changes { apply(change, at: t) }
        if !isMute { extras.append(t) }
    }

    /// Returns the state that the snapshot of a time shows.
    func state(at t: Int) -> BoxState {
        guard let last = changes.last, t < last.t else { return current }
        var state = initial
        for change in changes.prefix(while: { $0.t <= t }) { state.apply(change, model) }
        return state
    }

    /// Returns the role in the pair, or `nil` if the connector is not paired.
    func isActive(at t: Int) -> Bool? { (roles.last { $0.t <= t } ?? roles.first)?.isActive }

    mutating func setActive(_ isActive: Bool, at t: Int) {
        roles.append((max(t, roles.last?.t ?? t), isActive))
    }

    // MARK: Silence

    /// Whether the box sends nothing, whatever a test changes.
    private var isMute: Bool { silences.contains { $0.to == nil && $0.reason != .paused } }

    func isSilent(_ reason: Reason) -> Bool { silences.contains { $0.to == nil && $0.reason == reason } }

    /// Starts a silence.
    mutating func fallSilent(_ reason: Reason, at t: Int) {
        guard !isSilent(reason) else { return }
        silences.append(Silence(reason: reason, from: t))
    }

    /// Ends a silence.
    mutating func speak(_ reason: Reason, at t: Int) {
        for index in silences.indices where silences[index].to == nil && silences[index].reason == reason {
            silences[index].to = t
        }
    }

    /// Removes all snapshots up to a time.
    mutating func forget(until t: Int) {
        firstListed = t + 1
        extras.removeAll { $0 <= t }
    }

    // MARK: Boots

    /// Plans a silence that a reboot of the script causes.
    mutating func shutDown(at t: Int) { fallSilent(.reboot, at: t) }

    /// Plans the end of a reboot of the script.
    ///
    /// - Parameters:
    ///   - t: the first second whose snapshot shows the boot.
    ///   - version: the version of the agent after the boot.
    mutating func start(at t: Int, version: String) {
        let stopped = silences.last { $0.reason == .reboot && $0.to == nil }?.from ?? t
        speak(.reboot, at: t)
        let bootTime = max(t - 25, stopped, (extras.last ?? .min) + 1)
        plan(.boot(min(t, bootTime), version: version), at: t)
    }

    /// Returns the boot time of a reboot that a test causes: up to 30 seconds ago, but after every other snapshot.
    func bootTime(beforeExtra t: Int) -> Int {
        let recorded = schedule.number(.min...t - 1).last.map(schedule.time(of:)) ?? .min
        return min(t, max(t - 30, recorded + 1, (extras.last ?? .min) + 1, current.bootTime + 1))
    }

    // MARK: Times

    /// Returns whether the API lists the snapshot of a time.
    func isListed(_ t: Int, now: Int) -> Bool {
        if t < firstListed { return false }
        if isExtra(t) { return true }
        return t <= now && schedule.contains(t) && schedule.collection(of: t) <= now
            && !silences.contains { $0.from <= t && t < $0.to ?? .max }
    }

    private func isExtra(_ t: Int) -> Bool { extras.contains(t) }

    /// When a snapshot was collected; a snapshot that a test caused is collected at once.
    func collection(of t: Int) -> Int { isExtra(t) ? t : schedule.collection(of: t) }

    /// Returns the time of the newest snapshot.
    func newest(now: Int) -> Int? {
        page(from: .min, to: .max, after: nil, limit: 1, order: .newestFirst, now: now).times.first
    }

    /// Returns the time of the next snapshot that a test causes: now, but after every other snapshot.
    func nextExtra(at now: Int) -> Int {
        max(
            now,
            firstListed,
            (newest(now: now) ?? .min) + 1,
            (extras.last ?? .min) + 1,
            changes.last?.t ?? .min
        )
    }

    /// Returns the times of one page of snapshots.
    ///
    /// - Parameters:
    ///   - from: the first second.
    ///   - to: the last second.
    ///   - after: the time after which the page starts, in the order of the list; `nil` for the first page.
    ///   - limit: the maximum number of snapshots, at least 1.
    ///   - order: the order of the whole list.
    ///   - now: seconds since the Unix epoch.
    /// - Returns: the times, and whether more follow.
    func page(
        from: Int,
        to: Int,
        after: Int?,
        limit: Int,
        order: EventOrder,
        now: Int
    ) -> (times: [Int], hasMore: Bool) {
        let isForward = order == .oldestFirst
        // A forged cursor may contain any number.
        let after = after.map { min(max($0, -1 << 60), 1 << 60) }
        let low = max(from, firstListed, isForward ? (after.map { $0 + 1 } ?? .min) : .min)
        let high = min(to, max(now, extras.last ?? now), isForward ? .max : (after.map { $0 - 1 } ?? .max))
        guard low <= high else { return ([], false) }
        var times: [Int] = []
        var regular = schedule.number(low...high)
        var extra = extras.indices.filter { (low...high).contains(extras[$0]) }[...]
        while true {
            let number = isForward ? regular.first : regular.last
            let index = isForward ? extra.first : extra.last
            let next: Int
            switch (number.map(schedule.time(of:)), index.map { extras[$0] }) {
            case (nil, nil): return (times, false)
            case (let t?, nil): next = t
            case (nil, let t?): next = t
            case (let a?, let b?): next = isForward ? min(a, b) : max(a, b)
            }
            if number.map(schedule.time(of:)) == next {
                regular = isForward ? regular.dropFirst() : regular.dropLast()
            }
            if index.map({ extras[$0] }) == next { extra = isForward ? extra.dropFirst() : extra.dropLast() }
            guard isListed(next, now: now) else { continue }
            if times.count == limit { return (times, true) }
            times.append(next)
        }
    }
}
