// SPDX-License-Identifier: Apache-2.0

/// What an endpoint has done so far, at one moment.
package struct EndpointStatistics: Sendable, Hashable {
    /// How many connections are open.
    package var openConnections = 0

    /// How many connections were accepted since the start.
    package var acceptedConnections = 0

    /// How many whole requests were read since the start, refused ones (503) included.
    package var requests = 0

    /// How many requests a handler was given whose responses have not ended.
    package var requestsInFlight = 0
}
