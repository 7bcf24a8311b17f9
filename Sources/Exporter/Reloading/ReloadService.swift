// SPDX-License-Identifier: Apache-2.0

import Polling
import ServiceLifecycle
import UnixSignals

/// Reloads on `SIGHUP`, on `POST /-/reload` if it is enabled, and when a file of the web configuration has changed.
struct ReloadService: Service {
    /// The time between two checks of the files of the web configuration, in seconds.
    ///
    /// Certificates are renewed weeks before they expire, so this delay is short enough.
    private static let checkInterval = 5.0

    let queue: ReloadQueue
    /// The processor of the requests.
    let reloader: Reloader
    /// The web configuration; `nil` without a web configuration file.
    let security: WebSecurity?
    let clock: any PollingClock

    func run() async {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                group.addTask { await reloader.run(queue) }
                group.addTask { await requestOnHangup() }
                if let security {
                    group.addTask {
                        await Self.requestOnChange(of: security, queue: queue, clock: clock)
                    }
                }
            }
        }
    }

    private func requestOnHangup() async {
        for await _ in await UnixSignalsSequence(trapping: .sighup) { queue.requestReload() }
    }

    /// Checks the files of the web configuration until the task is cancelled.
    static func requestOnChange(
        of security: WebSecurity,
        queue: ReloadQueue,
        clock: any PollingClock
    ) async {
        while !Task.isCancelled {
            do throws(CancellationError) {
                try await clock.sleep(seconds: checkInterval)
            } catch {
                return
            }
            if security.haveFilesChanged { queue.requestWebReload() }
        }
    }
}
