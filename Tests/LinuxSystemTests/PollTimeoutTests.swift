// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import Testing

@Suite struct PollTimeoutTests {
    @Test(
        arguments: [
            (Duration.zero, 0), (.seconds(-1), 0), (.seconds(Int64.min), 0), (.nanoseconds(1), 1),
            (.milliseconds(1), 1), (.microseconds(1001), 2), (.seconds(3), 3000),
            (.milliseconds(Int32.max), Int32.max), (.seconds(Int64.max), Int32.max),
        ] as [(Duration, Int32)]
    )
    func `is rounded up to milliseconds and limited to an int`(duration: Duration, timeout: Int32) {
        #expect(duration.pollTimeout == timeout)
    }
}
