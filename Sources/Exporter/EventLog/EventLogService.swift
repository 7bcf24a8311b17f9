// SPDX-License-Identifier: Apache-2.0

import ServiceLifecycle

/// Writes the event log until a graceful shutdown.
struct EventLogService: Service {
    let log: EventLog

    func run() async {
        await cancelWhenGracefulShutdown { await log.run() }
    }
}
