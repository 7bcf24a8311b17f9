// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// Tells what is lost for good from what is only old.
///
/// Below the scope no identity is kept, so an event there cannot be counted. Nearly all of them are old
/// acquaintances: `latest` shows the newest events however old those are, and goes on showing one that was
/// counted and forgotten. Lost is what turns up there and was not shown before.
struct LostEventTracker: Sendable {
    /// The most identities that are remembered.
    private static let bound = 1000

    private var latest: Set<EventID>?
    private var noted: Set<EventID> = []

    /// Takes what was shown.
    ///
    /// - Parameters:
    ///   - old: the events below the scope.
    ///   - shown: all events of the answer.
    ///   - isLatest: whether the answer is that of `latest`, whose first one only says what is old.
    /// - Returns: how many are lost, and were not reported before.
    mutating func note(_ old: [EventID], shown: some Sequence<EventID>, isLatest: Bool) -> Int {
        let isFirst = isLatest && latest == nil
        let lost = isFirst ? [] : Set(old).subtracting(latest ?? []).subtracting(noted)
        if isLatest { latest = Set(shown.prefix(Self.bound)) }
        if !old.isEmpty {
            if noted.count > Self.bound { noted = [] }
            noted.formUnion(old.prefix(Self.bound))
        }
        return lost.count
    }
}
