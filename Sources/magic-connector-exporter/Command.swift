// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Exposes the telemetry events of Cloudflare Magic WAN Connectors as Prometheus metrics.
@main struct Command: AsyncParsableCommand {
    func run() async throws {}
}
