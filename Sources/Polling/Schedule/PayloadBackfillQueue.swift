// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import DequeModule

/// A queue of the connectors whose history lacks payloads.
struct PayloadBackfillQueue {
    private struct Entry {
        /// Whether `latest` is still to be read, which may save many requests.
        var isFirst = true
        var isQueued = true
    }

    private var entries: [ConnectorKey: Entry] = [:]
    private var queue: Deque<ConnectorKey> = []

    var isEmpty: Bool { entries.isEmpty }

    /// Appends a connector, unless it is queued.
    mutating func add(_ key: ConnectorKey) {
        var entry = entries[key] ?? Entry(isQueued: false)
        guard !entry.isQueued else { return }
        entry.isQueued = true
        entries[key] = entry
        queue.append(key)
    }

    mutating func remove(_ key: ConnectorKey) { entries[key] = nil }

    /// Takes connectors from the front of the queue.
    ///
    /// - Parameters:
    ///   - limit: Maximum number of connectors.
    ///   - hold: Reserves a connector. If it returns `false`, the connector moves to the back of the queue.
    /// - Returns: connectors that are no longer queued.
    /// - Complexity: O(`limit`), whatever the length of the queue.
    mutating func take(atMost limit: Int, holding hold: (ConnectorKey) -> Bool) -> [ConnectorKey] {
        var taken: [ConnectorKey] = []
        var attempts = 0
        // Few connectors are busy at once, so a few attempts find one that is not.
        while taken.count < limit, attempts < 4 * limit, let key = queue.popFirst() {
            guard entries[key]?.isQueued == true else { continue }
            attempts += 1
            guard hold(key) else {
                queue.append(key)
                continue
            }
            entries[key]?.isQueued = false
            taken.append(key)
        }
        return taken
    }

    /// Starts the turn of a taken connector.
    ///
    /// - Returns: whether it is the connector's first turn.
    mutating func beginTurn(of key: ConnectorKey) -> Bool {
        defer { entries[key]?.isFirst = false }
        return entries[key]?.isFirst ?? false
    }
}
