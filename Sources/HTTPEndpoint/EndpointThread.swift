// SPDX-License-Identifier: Apache-2.0

import Logging

/// The loop that serves every connection of an endpoint; it lives on the endpoint thread alone.
struct EndpointThread: ~Copyable {
    let shared: SharedState
    let epoll: Epoll
    let limits: Limits
    let logger: Logger
    let listeners: [Listener]

    /// Serves until it is told to stop and everything is closed.
    mutating func run() {}
}
