// SPDX-License-Identifier: Apache-2.0

import HTTPEndpoint
import ServiceLifecycle

/// Serves HTTP.
///
/// A graceful shutdown waits for responses in flight.
struct EndpointService: Service {
    /// The maximum time that responses in flight have to end.
    ///
    /// It is shorter than the timeouts of systemd and Kubernetes.
    private static let gracePeriod = Duration.seconds(5)

    let endpoint: HTTPEndpoint

    func run() async {
        await withGracefulShutdownHandler {
            await endpoint.run()
        } onGracefulShutdown: {
            endpoint.stop(grace: Self.gracePeriod)
        }
    }
}
