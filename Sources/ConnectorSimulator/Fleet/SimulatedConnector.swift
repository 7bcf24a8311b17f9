// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// One connector: its identity, its script and its events so far.
struct SimulatedConnector: Sendable {
    let identity: ConnectorIdentity
    /// Whether a test has removed the connector from its account.
    var isRemoved = false
    /// Whether the connector may carry traffic.
    var isActivated = true
    /// When the connector lost its power and when its script stopped, in seconds since the Unix epoch.
    private var outage: (since: Double, stoppedAt: Double)?
    private(set) var store = EventStore()
    var snapshots: SnapshotHistory
    /// The failovers of the script that the fleet has not applied to the pair yet: when snapshots show them.
    var failovers: [Int] = []
    private var script: ConnectorScript
    private var timeline: Timeline
    private var nextNumber = 0
    /// The exact number of events in the history, if the configuration sets one.
    private let exactCount: Int?
    /// The events that were not collected yet when the script was paused.
    private var heldBack: [SimulatedEvent] = []

    /// Creates a connector at its birth.
    ///
    /// - Parameters:
    ///   - identity: the inventory fields.
    ///   - script: a script that has not advanced yet.
    ///   - timeline: the mapping from script time to real time.
    ///   - exactCount: the number of events in the history, which replaces the timeline's speed.
    ///   - snapshots: the snapshots, which have not advanced yet.
    init(
        identity: ConnectorIdentity,
        script: ConnectorScript,
        timeline: Timeline,
        exactCount: Int?,
        snapshots: SnapshotHistory
    ) {
        self.identity = identity
        self.snapshots = snapshots
        self.script = script
        self.exactCount = exactCount
        self.timeline = timeline
        if let exactCount { stretchHistory(over: exactCount) }
    }

    /// Sets the speed of the history so that it ends with event number `count`.
    private mutating func stretchHistory(over count: Int) {
        while script.events.count < count { script.performNext() }
        // At least 1, because the first event has the moment 0 and the speed must not be 0.
        let length = max(script.events[count - 1].moment, 1)
        timeline = Timeline(
            birth: timeline.birth,
            start: timeline.start,
            historySpeed: length / Double(max(timeline.start - timeline.birth, 1)),
            speed: timeline.speed
        )
        for event in script.removeEvents() { append(event) }
    }

    /// Generates the events up to a time.
    ///
    /// - Parameter now: seconds since the Unix epoch, not before the start.
    mutating func advance(to now: Double) {
        guard outage == nil else { return }
        defer { snapshots.advance(to: Int(now)) }
        // An exact history is complete from the beginning.
        if exactCount != nil, timeline.speed == 0 || now <= Double(timeline.start) { return }
        script.advance(to: timeline.moment(at: now))
        for event in script.removeEvents() { append(event) }
    }

    private mutating func append(_ event: ScriptedEvent) {
        let isHistory = exactCount.map { nextNumber < $0 } ?? (event.moment <= timeline.historyLength)
        guard isHistory || timeline.speed > 0 else { return }
        // If events share the last moment of an exact history, those beyond its count follow one second later.
        let t =
            isHistory
            ? timeline.historyTime(of: event.moment)
            : timeline.time(of: max(event.moment, timeline.historyLength))
        var a = t + event.delay
        if isHistory, exactCount != nil { a = min(a, timeline.start) }
        let recorded = exactCount != nil && !isHistory ? max(t, timeline.start + 1) : t
        apply(event, recorded: recorded)
        store.insert(
            SimulatedEvent(
                t: recorded,
                n: nextNumber,
                a: a,
                kind: event.kind,
                payload: event.payload,
                version: event.version
            )
        )
        nextNumber += 1
    }

    /// Adds an event for a test.
    ///
    /// - Parameters:
    ///   - event: the event, whose `n` and `version` are replaced.
    ///   - number: the sequence number, or `nil` for the next one.
    /// - Returns: the event, or `nil` if its identity exists already.
    mutating func inject(_ event: SimulatedEvent, number: Int?) -> SimulatedEvent? {
        var event = event
        event.n = number ?? nextNumber
        event.version = script.version
        event.isInjected = true
        // The identities of held-back events are taken too.
        guard !heldBack.contains(where: { $0.position == event.position }), store.insert(event) else {
            return nil
        }
        nextNumber = max(nextNumber, event.n + 1)
        return event
    }

    /// Holds back the events that are not collected yet, so that nothing changes until `resume(after:)`.
    mutating func pause(at now: Int) {
        guard outage == nil else { return }
        silence(.paused, at: now)
        heldBack = store.removePending(at: now)
    }

    /// Continues where the script was when it was paused.
    ///
    /// - Parameters:
    ///   - seconds: the length of the pause.
    ///   - now: seconds since the Unix epoch.
    mutating func resume(after seconds: Double, at now: Double) {
        guard outage == nil else { return }
        snapshots.speak(.paused, at: Int(now))
        timeline.postpone(by: seconds)
        for var event in heldBack {
            event.a += Int(seconds.rounded(.up))
            store.insert(event)
        }
        heldBack = []
    }

    /// Stops the script and the heartbeats, without any event.
    mutating func powerOff(at now: Double, since: Double) {
        guard outage == nil else { return }
        silence(.noPower, at: Int(min(now, since)))
        pause(at: Int(now))
        outage = (since, now)
    }

    /// Starts the connector again: its agent starts without a recorded stop.
    mutating func powerOn(at now: Double) {
        guard let outage else { return }
        self.outage = nil
        resume(after: now - outage.stoppedAt, at: now)
        snapshots.speak(.noPower, at: Int(now))
        let start = SimulatedEvent(
            t: Int(now),
            n: 0,
            a: Int(now),
            kind: .initialize,
            payload: .none,
            version: ""
        )
        _ = inject(start, number: nil)
    }

    var hasPower: Bool { outage == nil }

    /// The current version of the software.
    var version: String { script.version }

    /// Returns the time of the last heartbeat.
    ///
    /// Heartbeats arrive every 10 seconds while the agent runs.
    ///
    /// Source: Cloudflare, "Heartbeat": the interval is 10 seconds.
    func lastHeartbeat(at now: Int) -> Int {
        var latest = now
        if let stopped = script.stopped, timeline.speed > 0 || stopped <= timeline.historyLength {
            latest = min(now, timeline.time(of: stopped))
        }
        if let outage { latest = min(latest, Int(outage.since)) }
        // Different connectors have heartbeats in different seconds.
        return latest - (latest + identity.index) % 10
    }
}
