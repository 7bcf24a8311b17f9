// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(.timeLimit(.minutes(10))) struct LedgerSequenceTests {
    /// `LEDGER_SEQUENCES=10000` for a longer run, `LEDGER_SEED=7` for another seed.
    @Test func `matches the model after random operations and disruptions`()
        async throws
    {
        let environment = ProcessInfo.processInfo.environment
        let count = environment["LEDGER_SEQUENCES"].flatMap(UInt64.init) ?? 120
        let first = environment["LEDGER_SEED"].flatMap(UInt64.init) ?? 1
        await #expect(processExitsWith: .success) { [first = first as UInt64, count = count as UInt64] in
            for seed in first..<first + count {
                var sequence = try LedgerSequence(seed: seed)
                let wrong = try await sequence.run(steps: 50)
                #expect(wrong == nil, "LEDGER_SEED=\(seed): \(wrong ?? "")")
                if wrong != nil { return }
            }
        }
    }
}
