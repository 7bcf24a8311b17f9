// SPDX-License-Identifier: Apache-2.0

import EventLedger
import Synchronization

/// What a ledger has told about its files, in a word each.
final class NewsPaper: Sendable {
    private let words = Mutex<[String]>([])

    @Sendable func note(_ news: StorageEvent) {
        let word =
            switch news {
            case .failing: "failing"
            case .recovered: "recovered"
            case .setAside(_, _, _, let isRebuilt): isRebuilt ? "rebuilt" : "set aside"
            case .restored: "restored"
            }
        words.withLock { $0.append(word) }
    }

    /// All of it so far, what is said several times in a row once.
    var headlines: [String] {
        words.withLock { words in
            words.reduce(into: []) { if $0.last != $1 { $0.append($1) } }
        }
    }
}
