// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Answers like the Cloudflare API, on loopback.
@main struct Command: AsyncParsableCommand {
    func run() async throws {}
}
