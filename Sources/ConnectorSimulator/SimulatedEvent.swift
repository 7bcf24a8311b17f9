// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents

/// One event as the simulator keeps it: everything that the API may ever say of it.
///
/// Source: Cloudflare API, "List Events" and "Get Event".
package struct SimulatedEvent: Sendable, Hashable {
    /// What a kind's payload holds beside the kind.
    package enum Payload: Sendable, Hashable {
        case none
        case tunnel(String)
        case url(String)
    }

    /// When it was recorded, in seconds since the Unix epoch.
    package var t: Int
    /// Orders events of the same `t`; counts up over a connector's whole life.
    package var n: Int
    /// When it was collected, in seconds since the Unix epoch: the API lists it from then on.
    package var a: Int
    package var kind: EventKind
    package var payload: Payload
    /// The version of the connector's software, `v`.
    package var version: String
    /// Whether a test put it there, so that it comes even while the generated life is paused.
    package var isInjected = false

    /// The tunnel of a rekey.
    package var tunnel: String? {
        if case .tunnel(let id) = payload { id } else { nil }
    }

    /// Where it stands among the connector's events.
    var position: EventPosition { EventPosition(t: t, n: n) }
}
