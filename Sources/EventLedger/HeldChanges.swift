// SPDX-License-Identifier: Apache-2.0

import GRDB

/// A change of the database that can be made again from the same beginning, with the same result.
struct HeldChange: Sendable {
    /// What it overwrites as a whole: a later change of the same name makes this one needless; `nil` where it
    /// adds.
    let overwrites: String?

    /// About how much memory it takes, in rows.
    let weight: Int

    let apply: @Sendable (Database) throws -> Void

    init(
        overwriting name: String? = nil,
        weight: Int = 1,
        apply: @escaping @Sendable (Database) throws -> Void
    ) {
        overwrites = name
        self.weight = weight
        self.apply = apply
    }
}

/// What was counted and could not be written, in its order.
struct HeldChanges: Sendable {
    /// The most rows that wait: some hundred megabytes with what SQLite needs for them.
    static let bound = 250_000

    private var changes: [Int: HeldChange] = [:]
    private var places: [String: Int] = [:]
    private var next = 0

    /// The rows that wait.
    private(set) var weight = 0

    var isEmpty: Bool { changes.isEmpty }

    /// Whether one more change may wait.
    var hasRoom: Bool { weight < Self.bound }

    /// The changes in the order in which they are to be made again.
    var inOrder: [HeldChange] { changes.sorted { $0.key < $1.key }.map(\.value) }

    mutating func append(_ change: HeldChange) {
        if let name = change.overwrites {
            if let place = places[name], let needless = changes.removeValue(forKey: place) {
                weight -= needless.weight
            }
            places[name] = next
        }
        changes[next] = change
        weight += change.weight
        next += 1
    }
}
