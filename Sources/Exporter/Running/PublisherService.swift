// SPDX-License-Identifier: Apache-2.0

import ServiceLifecycle

/// Publishes scrape bodies until a graceful shutdown.
struct PublisherService: Service {
    let publisher: Publisher

    func run() async {
        await cancelWhenGracefulShutdown { await publisher.run() }
    }
}
