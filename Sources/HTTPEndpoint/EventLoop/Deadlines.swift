// SPDX-License-Identifier: Apache-2.0

/// A priority queue of times with at most one entry per key: a binary heap with an index by key.
///
/// It replaces timers in the event loop: each connection moves its single entry.
struct Deadlines<Key: Hashable> {
    private var heap: [(time: ContinuousClock.Instant, key: Key)] = []
    private var positions: [Key: Int] = [:]

    /// The earliest entry.
    var first: (time: ContinuousClock.Instant, key: Key)? { heap.first }

    /// Inserts, moves or removes the entry of a key.
    ///
    /// - Parameters:
    ///   - time: `nil` removes the entry.
    ///   - key: the key of the entry.
    /// - Complexity: O(log n).
    mutating func set(_ time: ContinuousClock.Instant?, for key: Key) {
        guard let time else { return remove(key) }
        if let position = positions[key] {
            heap[position].time = time
            restore(at: position)
        } else {
            heap.append((time, key))
            positions[key] = heap.count - 1
            siftUp(from: heap.count - 1)
        }
    }

    /// Removes the earliest entry if it is due, and returns its key.
    ///
    /// - Complexity: O(log n).
    mutating func popFirst(due now: ContinuousClock.Instant) -> Key? {
        guard let first, first.time <= now else { return nil }
        remove(first.key)
        return first.key
    }

    private mutating func remove(_ key: Key) {
        guard let position = positions.removeValue(forKey: key) else { return }
        let last = heap.removeLast()
        guard position < heap.count else { return }
        heap[position] = last
        positions[last.key] = position
        restore(at: position)
    }

    private mutating func restore(at position: Int) {
        siftUp(from: position)
        siftDown(from: position)
    }

    private mutating func siftUp(from position: Int) {
        var child = position
        while child > 0, heap[child].time < heap[(child - 1) / 2].time {
            exchange(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func siftDown(from position: Int) {
        var parent = position
        while true {
            var least = parent
            for child in 2 * parent + 1...2 * parent + 2
            where child < heap.count && heap[child].time < heap[least].time {
                least = child
            }
            guard least != parent else { return }
            exchange(parent, least)
            parent = least
        }
    }

    private mutating func exchange(_ one: Int, _ other: Int) {
        heap.swapAt(one, other)
        positions[heap[one].key] = one
        positions[heap[other].key] = other
    }
}
