// SPDX-License-Identifier: Apache-2.0

/// Where the moments of a life lie in real time.
///
/// A life is lived in seconds of its own, from its birth on. History and what follows may pass at different speeds:
/// a speed of 10 makes ten seconds of life happen within one of the clock.
struct Timeline: Sendable {
    /// When the life began, in seconds since the Unix epoch.
    let birth: Int
    /// When history ends: as a rule, when the simulator starts.
    let start: Int
    /// Seconds of life per second of history.
    let historySpeed: Double
    /// Seconds of life per second since the start; 0 where nothing happens any more.
    let speed: Double
    /// How much later everything after the start happens, because the life was paused.
    private(set) var pausedSeconds = 0.0

    /// Lays a life out in real time.
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

    /// The moment of life at which history ends.
    var historyLength: Double { Double(start - birth) * historySpeed }

    /// The moment of life that a time stands for.
    func moment(at time: Double) -> Double {
        if time <= Double(start) { return (time - Double(birth)) * historySpeed }
        return historyLength + max(0, time - Double(start) - pausedSeconds) * speed
    }

    /// The second in which a moment of life lies.
    ///
    /// - Precondition: the moment lies in the history, or the speed is not 0.
    func time(of moment: Double) -> Int {
        if moment <= historyLength { return historyTime(of: moment) }
        return start + Int((pausedSeconds + (moment - historyLength) / speed).rounded(.down))
    }

    /// The second in which a moment of the history lies, the end of the history at the latest.
    ///
    /// The division may round past the end by a unit in the last place.
    func historyTime(of moment: Double) -> Int {
        min(start, birth + Int((moment / historySpeed).rounded(.down)))
    }

    /// Makes everything that is still to come happen later.
    mutating func postpone(by seconds: Double) { pausedSeconds += seconds }
}
