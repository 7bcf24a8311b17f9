// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// One event of a connector, with every field that the API can list.
///
/// Source: Cloudflare API, "List Events" and "Get Event".
struct SimulatedEvent: Sendable, Hashable {
    /// When the event was recorded, in seconds since the Unix epoch.
    var t: Int
    /// The sequence number, which orders events of the same `t` and increases over a connector's whole lifetime.
    var n: Int
    /// When the event was collected, in seconds since the Unix epoch.
    ///
    /// The API lists it from then on.
    var a: Int
    var kind: EventKind
    var payload: EventPayload
    /// The version of the connector's software, `v`.
    var version: String
    /// Whether a test injected the event, so that a pause of the script does not hold it back.
    var isInjected = false

    var tunnel: String? {
        if case .tunnel(let id) = payload { id } else { nil }
    }

    var position: EventPosition { EventPosition(t: t, n: n) }
}
