// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// Distinguishes lost events from old ones.
///
/// The ledger stores no identities before the scope start, so events before it cannot be counted. Most of them were
/// counted before and since deleted: `latest` shows the newest events, however old they are. An event is lost if a
/// response contains it and no earlier `latest` did.
struct LostEventTracker: Sendable {
    /// The most identities in memory.
    private static let limit = 1000

    private var latest: Set<EventID>?
    private var reported: Set<EventID> = []

    /// Counts the lost events of a response.
    ///
    /// - Parameters:
    ///   - old: the events before the scope start.
    ///   - shown: all events of the response.
    ///   - isLatest: whether the response is one of `latest`. The first one only records old events.
    /// - Returns: the number of lost events that were not counted before.
    mutating func countLost(
        among old: [EventID],
        shown: some Sequence<EventID>,
        isLatest: Bool
    ) -> Int {
        let isFirst = isLatest && latest == nil
        let lost = isFirst ? [] : Set(old).subtracting(latest ?? []).subtracting(reported)
        if isLatest { latest = Set(shown.prefix(Self.limit)) }
        if !old.isEmpty {
            if reported.count > Self.limit { reported = [] }
            reported.formUnion(old.prefix(Self.limit))
        }
        return lost.count
    }
}
