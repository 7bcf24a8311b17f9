// SPDX-License-Identifier: Apache-2.0

/// The mapping from script time to real time.
///
/// A script counts its own seconds, from the connector's birth. The history and the time after the start may have
/// different speeds: at a speed of 10, ten script seconds pass within one second of the clock.
struct Timeline: Sendable {
    /// The first second of the script, in seconds since the Unix epoch.
    let birth: Int
    /// The end of the history, usually the start of the simulator.
    let start: Int
    /// Script seconds per second of history.
    let historySpeed: Double
    /// Script seconds per second after the start; 0 if the script ends at the start.
    let speed: Double
    /// The total delay of everything after the start, caused by pauses.
    private(set) var pausedSeconds = 0.0

    /// Creates a mapping.
    ///
    /// - Parameters:
    ///   - birth: seconds since the Unix epoch.
    ///   - start: seconds since the Unix epoch, not before birth.
    ///   - historySpeed: more than 0.
    ///   - speed: 0 or more.
    init(birth: Int, start: Int, historySpeed: Double, speed: Double) {
        self.birth = birth
        self.start = start
        self.historySpeed = historySpeed
        self.speed = speed
    }

    /// The moment at which the history ends, in script seconds.
    var historyLength: Double { Double(start - birth) * historySpeed }

    func moment(at time: Double) -> Double {
        if time <= Double(start) { return (time - Double(birth)) * historySpeed }
        return historyLength + max(0, time - Double(start) - pausedSeconds) * speed
    }

    /// Converts a moment to the second that contains it.
    ///
    /// - Precondition: the moment is in the history, or the speed is not 0.
    func time(of moment: Double) -> Int {
        if moment <= historyLength { return historyTime(of: moment) }
        return start + Int((pausedSeconds + (moment - historyLength) / speed).rounded(.down))
    }

    /// Converts a moment of the history to the second that contains it, at most the end of the history.
    ///
    /// Rounding of the division can exceed the end by a unit in the last place.
    func historyTime(of moment: Double) -> Int {
        min(start, birth + Int((moment / historySpeed).rounded(.down)))
    }

    /// Delays everything after the start.
    mutating func postpone(by seconds: Double) { pausedSeconds += seconds }
}
