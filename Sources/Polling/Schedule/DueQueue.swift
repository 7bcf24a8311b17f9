// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import HeapModule
import LinuxSystem

/// A priority queue of connectors by due time, from which any connector can be removed.
///
/// A removed connector's item stays in the heap until it reaches the top, or until most items are stale.
struct DueQueue: Sendable {
    private struct Item: Comparable {
        let due: Uptime
        let key: ConnectorKey
        let number: Int

        static func < (left: Self, right: Self) -> Bool {
            left.due != right.due ? left.due < right.due : left.key < right.key
        }
    }

    private var heap = Heap<Item>()

    /// The number of each queued connector's item.
    ///
    /// Items with another number are stale.
    private var numbers: [ConnectorKey: Int] = [:]
    private var issued = 0

    /// The earliest due time; `nil` if the queue is empty.
    var firstDue: Uptime? { heap.min?.due }

    /// Adds a connector, or changes its due time.
    ///
    /// - Complexity: O(log n), amortised.
    mutating func insert(_ key: ConnectorKey, due: Uptime) {
        issued += 1
        numbers[key] = issued
        heap.insert(Item(due: due, key: key, number: issued))
        if heap.count > 2 * numbers.count + 64 { heap = Heap(heap.unordered.filter(isCurrent)) }
        removeStaleTop()
    }

    mutating func remove(_ key: ConnectorKey) {
        numbers[key] = nil
        removeStaleTop()
    }

    /// Removes and returns the connector with the earliest due time.
    ///
    /// - Complexity: O(log n), amortised.
    mutating func popFirst() -> ConnectorKey? {
        guard let key = heap.popMin()?.key else { return nil }
        remove(key)
        return key
    }

    private mutating func removeStaleTop() {
        while let top = heap.min, !isCurrent(top) { heap.removeMin() }
    }

    private func isCurrent(_ item: Item) -> Bool { numbers[item.key] == item.number }
}
