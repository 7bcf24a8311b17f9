// SPDX-License-Identifier: Apache-2.0

import EventLedger
import Synchronization

/// The names of the storage events of a ledger.
final class StorageEventLog: Sendable {
    private let storage = Mutex<[String]>([])

    @Sendable func record(_ event: StorageEvent) {
        let name =
            switch event {
            case .failing: "failing"
            case .recovered: "recovered"
            case .setAside: "set aside"
            case .unprotected(_, let weakness): "directory \(weakness)"
            }
        storage.withLock { $0.append(name) }
    }

    /// The names in order, without consecutive repetitions.
    var names: [String] {
        storage.withLock { names in names.reduce(into: []) { if $0.last != $1 { $0.append($1) } } }
    }
}
