// SPDX-License-Identifier: Apache-2.0

/// Counts of connections and requests at one point in time.
package struct EndpointStatistics: Sendable, Hashable {
    /// The number of open connections.
    package var openConnections = 0

    /// The number of connections accepted since the start.
    package var acceptedConnections = 0

    /// The number of complete requests received since the start.
    package var requests = 0
}
