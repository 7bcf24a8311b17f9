// SPDX-License-Identifier: Apache-2.0

import Polling

/// Looks every few seconds whether the web configuration, a certificate or a key is another one, and asks for a reload.
struct WebConfigurationWatcher: Sendable {
    /// Certificates are renewed weeks before they end, so seconds are soon enough.
    private static let interval = 5.0

    let security: WebSecurity
    let desk: ReloadQueue
    let clock: any PollingClock

    /// Looks until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            do throws(CancellationError) {
                try await clock.sleep(seconds: Self.interval)
            } catch {
                return
            }
            if security.haveFilesChanged { desk.askForWeb() }
        }
    }
}
