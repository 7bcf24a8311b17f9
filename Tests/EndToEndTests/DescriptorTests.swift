// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Testing

@Suite(.timeLimit(.minutes(2))) struct `A process without descriptors` {
    @Test func `lives on while work waits for a thread`() async {
        await #expect(processExitsWith: .success) {
            // What Dispatch opens once, it has.
            DispatchQueue.global().sync {}
            try await Task.sleep(for: .milliseconds(1))
            let before = Self.limitDescriptors(to: 3)
            Self.crowd()
            _ = Self.limitDescriptors(to: before)
        }
    }

    /// Lets work wait for a thread for some seconds: Dispatch looks at its threads each second.
    private static func crowd() {
        let group = DispatchGroup()
        for _ in 0..<(80 * ProcessInfo.processInfo.activeProcessorCount) {
            DispatchQueue.global().async(group: group) { usleep(50_000) }
        }
        group.wait()
    }

    /// Sets how many there may be.
    ///
    /// - Returns: how many it was before.
    private static func limitDescriptors(to count: rlim_t) -> rlim_t {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        _ = unsafe getrlimit(resource, &limit)
        let before = limit.rlim_cur
        limit.rlim_cur = count
        _ = unsafe setrlimit(resource, &limit)
        return before
    }
}
