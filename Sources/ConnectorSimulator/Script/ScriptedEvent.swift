// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents

/// An event of a script, before it has a place in real time.
struct ScriptedEvent: Sendable {
    /// When the event occurs, in script seconds.
    var moment: Double
    let kind: EventKind
    let payload: EventPayload
    let version: String
    /// The time from recording to collection, in real seconds.
    let delay: Int
    var effect = Effect.none

    /// The effect of an event on the box, which snapshots show.
    enum Effect: Sendable {
        case none
        /// The box shuts down for a reboot.
        case shutdown
        case boot
        /// The pair fails over.
        case failover
    }
}

/// The fields of an event's payload beside its kind.
package enum EventPayload: Sendable, Hashable {
    case none
    case tunnel(String)
    case url(String)
}
