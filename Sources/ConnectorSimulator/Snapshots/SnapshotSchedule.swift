// SPDX-License-Identifier: Apache-2.0

/// The times at which a box records a snapshot: every interval since its birth.
struct SnapshotSchedule: Sendable {
    /// Seconds since the Unix epoch.
    let birth: Int
    /// The seconds between two snapshots, at least 1.
    let interval: Int
    /// The time of the first snapshot; boxes have snapshots in different seconds.
    private let first: Int
    private let noise: BoxNoise

    init(birth: Int, interval: Int, noise: BoxNoise) {
        self.birth = birth
        self.interval = interval
        self.noise = noise
        first = birth + noise.whole(1...interval, 0x5c_01)
    }

    func time(of number: Int) -> Int { first + number * interval }

    func contains(_ t: Int) -> Bool { t >= first && (t - first) % interval == 0 }

    /// Returns the numbers of the snapshots of a range of seconds.
    func number(_ seconds: ClosedRange<Int>) -> Range<Int> {
        guard seconds.upperBound >= first else { return 0..<0 }
        let low = max(seconds.lowerBound, first)
        let begin = (low - first + interval - 1) / interval
        return begin..<max(begin, (seconds.upperBound - first) / interval + 1)
    }

    /// When Cloudflare collects the snapshot of a time: 2 to 8 seconds later.
    func collection(of t: Int) -> Int { t + noise.whole(2...8, 0x5c_02, t) }
}
