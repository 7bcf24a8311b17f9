// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import DequeModule

/// Connectors with payloads of history still to fetch, in turn.
struct PayloadBackfillQueue {
    private struct Entry {
        /// Whether `latest` was not asked yet, which may save many requests.
        var isFirst = true
        var isWaiting = true
    }

    private var entries: [ConnectorKey: Entry] = [:]
    private var line: Deque<ConnectorKey> = []

    var isEmpty: Bool { entries.isEmpty }

    /// Puts a connector at the end of the line, unless it stands there.
    mutating func add(_ key: ConnectorKey) {
        var entry = entries[key] ?? Entry(isWaiting: false)
        guard !entry.isWaiting else { return }
        entry.isWaiting = true
        entries[key] = entry
        line.append(key)
    }

    mutating func remove(_ key: ConnectorKey) { entries[key] = nil }

    /// Takes connectors from the head of the line.
    ///
    /// - Parameters:
    ///   - limit: the most to take.
    ///   - isFree: whether a connector can be taken now; one that cannot goes to the end of the line.
    /// - Returns: connectors that are no longer in line.
    /// - Complexity: O(`limit`) for each that is busy or taken, whatever stands in line.
    mutating func take(atMost limit: Int, where isFree: (ConnectorKey) -> Bool) -> [ConnectorKey] {
        var taken: [ConnectorKey] = []
        var looks = 0
        // No more connectors are busy than run at once, so a few looks find one that is not.
        while taken.count < limit, looks < 4 * limit, let key = line.popFirst() {
            guard entries[key]?.isWaiting == true else { continue }
            looks += 1
            guard isFree(key) else {
                line.append(key)
                continue
            }
            entries[key]?.isWaiting = false
            taken.append(key)
        }
        return taken
    }

    /// Whether this is a taken connector's first turn; from then on it is not.
    mutating func beginTurn(of key: ConnectorKey) -> Bool {
        defer { entries[key]?.isFirst = false }
        return entries[key]?.isFirst ?? false
    }
}
