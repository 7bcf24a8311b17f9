// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import Testing

@Suite struct SystemClockTests {
    @Test func `two clocks of one boot have the same identifier`() {
        #expect(SystemClock().bootID == SystemClock().bootID)
        #expect(SystemClock().bootID.count == 36)
    }

    @Test func `uptime never goes back`() {
        let clock = SystemClock()
        let first = clock.uptime()
        #expect(first.seconds > 0)
        #expect(clock.uptime() >= first)
    }
}

@Suite struct UptimeTests {
    @Test func `moves by seconds and is compared by time`() {
        var time = Uptime(seconds: 100)
        #expect(time + 5 == Uptime(seconds: 105))
        #expect(time - 5 < time)
        #expect(Uptime(seconds: 130) - time == 30)
        time += 1.5
        time -= 0.5
        #expect(time == Uptime(seconds: 101))
    }
}
