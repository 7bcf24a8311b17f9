// SPDX-License-Identifier: Apache-2.0

import LinuxSystem
import Synchronization
import Testing

@Suite struct WakeupTests {
    @Test func `a signal makes the descriptor readable until it is reset`() throws {
        let wakeup = try Wakeup()
        let epoll = try Epoll()
        try epoll.add(wakeup.descriptor.rawValue, token: 1 << 63 | 7, for: .read)
        var events: [Epoll.Event] = []
        try epoll.wait(atMost: .zero, into: &events)
        #expect(events.isEmpty)

        wakeup.signal()
        wakeup.signal()
        try epoll.wait(atMost: .seconds(5), into: &events)
        #expect(events.map(\.token) == [1 << 63 | 7])
        #expect(events.map(\.readiness) == [.read])

        wakeup.reset()
        try epoll.wait(atMost: .zero, into: &events)
        #expect(events.isEmpty)
    }

    @Test(.timeLimit(.minutes(1))) func `wakes a waiting thread`() throws {
        struct Shared: ~Copyable, Sendable {
            let request: Wakeup
            let answer: Wakeup
        }
        final class Pair: Sendable {
            let value: Shared
            init() throws { value = Shared(request: try Wakeup(), answer: try Wakeup()) }
        }
        let pair = try Pair()
        try DetachedThread.start(named: "waiting") {
            pair.value.request.wait()
            pair.value.answer.signal()
        }
        pair.value.request.signal()
        pair.value.answer.wait()
    }
}
