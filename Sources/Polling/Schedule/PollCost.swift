// SPDX-License-Identifier: Apache-2.0

/// The average number of requests per poll.
///
/// A poll that finds nothing costs one request.
struct PollCost {
    static let initial = 1.25

    private static let bounds = 1.0...4.0

    /// Minimum number of polls for a new average.
    private static let sampleSize = 50

    /// The weight of a new sample against the previous average.
    private static let weight = 0.3

    /// Requests per poll, payloads and retries included.
    private(set) var average = initial

    private var requestsBefore = 0
    private var polls = 0

    mutating func countPoll() { polls += 1 }

    /// Updates the average.
    ///
    /// - Parameter requests: The total number of requests of polls so far.
    mutating func update(requests: Int) {
        guard polls >= Self.sampleSize else { return }
        let sample = Double(requests - requestsBefore) / Double(polls)
        let next = average * (1 - Self.weight) + sample * Self.weight
        average = min(max(next, Self.bounds.lowerBound), Self.bounds.upperBound)
        requestsBefore = requests
        polls = 0
    }
}
