// SPDX-License-Identifier: Apache-2.0

/// How many requests a poll costs on average, as it turns out: one that finds nothing costs one.
struct PollCost {
    /// What is believed at first, and the bounds of what is believed later.
    private static let first = 1.25
    private static let bounds = 1.0...4.0

    /// Polls that a new average is made of, and its weight against the old one.
    private static let sample = 50
    private static let weight = 0.3

    /// Requests of one poll, payloads and retries included.
    private(set) var average = first

    private var spentBefore = 0
    private var polls = 0

    /// Notes that a poll has ended.
    mutating func notePoll() { polls += 1 }

    /// Looks at what the polls since the last look have cost.
    ///
    /// - Parameter spent: requests of polls so far.
    mutating func update(spent: Int) {
        guard polls >= Self.sample else { return }
        let newest = Double(spent - spentBefore) / Double(polls)
        let next = average * (1 - Self.weight) + newest * Self.weight
        average = min(max(next, Self.bounds.lowerBound), Self.bounds.upperBound)
        spentBefore = spent
        polls = 0
    }
}
