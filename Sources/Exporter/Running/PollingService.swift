// SPDX-License-Identifier: Apache-2.0

import ServiceLifecycle

/// Polls until a graceful shutdown.
///
/// The next start repeats polls that were cancelled.
struct PollingService: Service {
    let supervisor: PollingSupervisor

    func run() async {
        await cancelWhenGracefulShutdown { await supervisor.run() }
    }
}
