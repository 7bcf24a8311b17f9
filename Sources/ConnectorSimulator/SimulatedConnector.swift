// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// One connector: who it is, what it lives through, and what is known of it.
struct SimulatedConnector: Sendable {
    let identity: ConnectorIdentity
    /// Whether a test took it out of the account.
    var isRemoved = false
    private(set) var store = EventStore()
    private var life: Life
    private var timeline: Timeline
    /// The sequence number of its next event.
    private var nextNumber = 0
    /// How many events lie in its history, where that was asked for.
    private let exactCount: Int?
    /// What was not delivered when the life was paused.
    private var heldBack: [SimulatedEvent] = []

    /// Begins the life of a connector, at its birth.
    ///
    /// - Parameters:
    ///   - identity: who it is.
    ///   - life: not advanced yet.
    ///   - timeline: where the life lies in real time.
    ///   - exactCount: the number of events in its history, in place of the timeline's speed.
    init(identity: ConnectorIdentity, life: Life, timeline: Timeline, exactCount: Int?) {
        self.identity = identity
        self.life = life
        self.exactCount = exactCount
        self.timeline = timeline
        if let exactCount { stretchHistory(over: exactCount) }
    }

    /// Makes the history pass at the speed at which its last second is that of event number `count`.
    private mutating func stretchHistory(over count: Int) {
        while life.happened.count < count { life.step() }
        // Never 0: the life begins with Init at its moment 0, and a single event needs a speed too.
        let length = max(life.happened[count - 1].moment, 1)
        timeline = Timeline(
            birth: timeline.birth,
            start: timeline.start,
            historySpeed: length / Double(max(timeline.start - timeline.birth, 1)),
            speed: timeline.speed
        )
        for happening in life.takeHappenings() { keep(happening) }
    }

    /// Lives on to a time.
    ///
    /// - Parameter now: seconds since the Unix epoch, not before the start.
    mutating func advance(to now: Double) {
        // With an exact history, everything up to its end has happened already.
        if exactCount != nil, timeline.speed == 0 || now <= Double(timeline.start) { return }
        life.advance(to: timeline.moment(at: now))
        for happening in life.takeHappenings() { keep(happening) }
    }

    private mutating func keep(_ happening: Life.Happening) {
        let isHistory = exactCount.map { nextNumber < $0 } ?? (happening.moment <= timeline.historyLength)
        guard isHistory || timeline.speed > 0 else { return }
        // Where events share the last moment of an exact history, those beyond its count come just after it.
        let t =
            isHistory
            ? timeline.historyTime(of: happening.moment)
            : timeline.time(of: max(happening.moment, timeline.historyLength))
        var a = t + happening.delay
        if isHistory, exactCount != nil { a = min(a, timeline.start) }
        store.insert(
            SimulatedEvent(
                t: exactCount != nil && !isHistory ? max(t, timeline.start + 1) : t,
                n: nextNumber,
                a: a,
                kind: happening.kind,
                payload: happening.payload,
                version: happening.version
            )
        )
        nextNumber += 1
    }

    /// Puts an event there that a test asks for.
    ///
    /// - Parameters:
    ///   - event: `n` and `version` are set here.
    ///   - number: its `n`; `nil` is the next one.
    /// - Returns: the event, or `nil` where its identity is taken.
    mutating func inject(_ event: SimulatedEvent, number: Int?) -> SimulatedEvent? {
        var event = event
        event.n = number ?? nextNumber
        event.version = life.version
        event.isInjected = true
        // What is held back keeps its identity too.
        guard !heldBack.contains(where: { $0.position == event.position }), store.insert(event) else {
            return nil
        }
        nextNumber = max(nextNumber, event.n + 1)
        return event
    }

    /// Holds back what has not been delivered yet, so that nothing changes until `resume(after:)`.
    mutating func pause(at now: Int) { heldBack = store.removePending(at: now) }

    /// Lives on, as if the pause had not been.
    mutating func resume(after seconds: Double) {
        timeline.postpone(by: seconds)
        for var event in heldBack {
            event.a += Int(seconds.rounded(.up))
            store.insert(event)
        }
        heldBack = []
    }

    /// The version of its software.
    var version: String { life.version }

    /// When it was last in touch: every 10 seconds while its agent runs.
    ///
    /// Source: Cloudflare, "Heartbeat": the interval is 10 seconds.
    func lastHeartbeat(at now: Int) -> Int {
        var latest = now
        if let stopped = life.stopped, timeline.speed > 0 || stopped <= timeline.historyLength {
            latest = min(now, timeline.time(of: stopped))
        }
        // Not all at the same second.
        return latest - (latest + identity.index) % 10
    }
}
