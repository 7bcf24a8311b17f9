// SPDX-License-Identifier: Apache-2.0

/// The times of the samples of a series.
///
/// All times are whole seconds since the Unix epoch. The grid consists of the multiples of the step.
struct SampleGrid: Sendable, Hashable {
    /// The time after which an unchanged value is repeated, in seconds.
    ///
    /// Source: Prometheus, "Querying basics": an instant query uses samples of the last 5 minutes.
    static let repetition = 300

    /// The first and the last sample.
    let period: ClosedRange<Int>

    /// A divisor of `repetition`.
    let step: Int

    /// Calls a closure for the samples of a counter.
    ///
    /// A sample contains the events before its time, so that the increase between two midnights contains the events of one
    /// day. An unchanged value is repeated. Around each change there is a sample on both sides. A counter that appears later
    /// than the period starts at 0, so that its first events are part of its increase.
    ///
    /// - Parameters:
    ///   - changes: in the order of time. If the first one is before the period, it is the value at the start.
    ///   - body: receives a time and a value, in the order of time.
    func forEachCounterSample(of changes: [SeriesChange], _ body: (Int, Double) -> Void) {
        var last = Int.min
        func append(_ time: Int, _ value: Double) {
            guard time > last else { return }
            body(time, value)
            last = time
        }
        var existed = false
        for (index, change) in changes.enumerated() {
            let end =
                index + 1 < changes.count
                ? min(changes[index + 1].time, period.upperBound) : period.upperBound
            defer { existed = change.exists }
            guard change.exists else { continue }
            if change.time < period.lowerBound {
                append(period.lowerBound, change.value)
            } else if !existed {
                append(max(period.lowerBound, change.time - change.time % step), 0)
            }
            forEachGridTime(after: max(change.time, period.lowerBound), upTo: end) {
                append($0, change.value)
            }
            if end == period.upperBound, change.time < end { append(end, change.value) }
        }
    }

    /// Calls a closure for the samples of a state: at each change, if the series exists then.
    ///
    /// - Parameters:
    ///   - changes: in the order of time, within the period.
    ///   - repeats: whether an unchanged value is repeated.
    ///   - body: receives a time and a value, in the order of time.
    func forEachStateSample(of changes: [SeriesChange], repeats: Bool, _ body: (Int, Double) -> Void) {
        for (index, change) in changes.enumerated() {
            let end = index + 1 < changes.count ? changes[index + 1].time : period.upperBound + 1
            guard change.exists, change.time < end else { continue }
            body(change.time, change.value)
            guard repeats else { continue }
            var time = change.time - change.time % Self.repetition + Self.repetition
            while time < end {
                body(time, change.value)
                time += Self.repetition
            }
        }
    }

    /// Calls a closure for the first and the last grid time of a segment, and for the multiples of the repetition between.
    private func forEachGridTime(after start: Int, upTo end: Int, _ body: (Int) -> Void) {
        let first = start - start % step + step
        let last = end - end % step
        guard first <= last else { return }
        body(first)
        var time = first - first % Self.repetition + Self.repetition
        while time < last {
            body(time)
            time += Self.repetition
        }
        body(last)
    }
}
