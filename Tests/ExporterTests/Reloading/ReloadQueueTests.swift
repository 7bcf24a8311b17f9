// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import Testing

@testable import Exporter

@Suite(.timeLimit(.minutes(1))) struct ReloadQueueTests {
    @Test func `combines requests that arrive during a reload`() async {
        let queue = ReloadQueue()
        queue.requestWebReload()
        #expect(await queue.next()?.includesPolling == false)
        queue.requestReload()
        queue.requestReload(Responder { _ in })
        queue.requestWebReload()
        queue.requestReload(Responder { _ in })
        let request = await queue.next()
        #expect(request?.includesPolling == true)
        #expect(request?.responders.count == 2)
    }

    @Test func `ends if the task is cancelled`() async {
        let task = Task { await ReloadQueue().next() }
        task.cancel()
        #expect(await task.value == nil)
    }
}
