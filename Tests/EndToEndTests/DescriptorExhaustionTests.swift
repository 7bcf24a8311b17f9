// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Foundation
import Testing

/// The replacement of `open(2)` in CLinux: libdispatch traps if no descriptor is left.
@Suite(.timeLimit(.minutes(2))) struct DescriptorExhaustionTests {
    @Test func `libdispatch starts threads without a free descriptor`() async {
        await #expect(processExitsWith: .success) {
            // Dispatch opens some files once.
            DispatchQueue.global().sync {}
            try await Task.sleep(for: .milliseconds(1))
            let before = Self.limitDescriptors(to: 3)
            Self.saturateDispatch()
            _ = Self.limitDescriptors(to: before)
        }
    }

    /// Queues work for some seconds, because Dispatch checks its threads once a second.
    private static func saturateDispatch() {
        let group = DispatchGroup()
        for _ in 0..<(80 * ProcessInfo.processInfo.activeProcessorCount) {
            DispatchQueue.global().async(group: group) { usleep(50_000) }
        }
        group.wait()
    }

    /// Sets the limit of descriptors, and returns the former limit.
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
