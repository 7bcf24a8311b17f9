// SPDX-License-Identifier: Apache-2.0

/// The endpoints of the API, as faults and statistics name them.
package enum EndpointClass: String, Sendable, Hashable, CaseIterable {
    /// The list of connectors.
    case connectors
    /// One connector.
    case connector
    /// The list of events.
    case events
    /// One event.
    case event
    /// The newest events.
    case latest
    /// Anything else.
    case unknown
}
