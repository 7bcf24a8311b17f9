// SPDX-License-Identifier: Apache-2.0

import Glibc
import LinuxSystem
import Testing

@Suite struct DescriptorLimitTests {
    @Test func `raises the soft limit to the hard limit`() async {
        await #expect(processExitsWith: .success) {
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
            var limit = rlimit(rlim_cur: 64, rlim_max: 128)
            try #require(unsafe setrlimit(resource, &limit) == 0)
            DescriptorLimit.raise()
            try #require(unsafe getrlimit(resource, &limit) == 0)
            #expect(limit.rlim_cur == 128)
            #expect(limit.rlim_max == 128)
        }
    }
}
