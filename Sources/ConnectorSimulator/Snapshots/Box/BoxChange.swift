// SPDX-License-Identifier: Apache-2.0

/// A change of a box that its later snapshots show.
enum BoxChange: Sendable, Hashable {
    /// The kernel started at a time, with a version of the agent; `nil` if the version is the same as before.
    case boot(Int, version: String?)
    /// A test set the health of a tunnel, by its index.
    case health(tunnel: Int, String)
    /// A scripted incident changed the health of a tunnel; `nil` ends the incident.
    case incident(tunnel: Int, String?)
    /// A test plugged or unplugged the cable of a port, by its index.
    case carrier(port: Int, Bool)
    /// A scripted incident plugged or unplugged a cable.
    case cable(port: Int, Bool)
    /// The used share of the root file system, from 0 to 1.
    case diskUsed(Double)
    /// The temperature of the processor, in degrees Celsius.
    case temperature(Double)
    /// The high-availability state, in place of the role in the pair.
    case haState(String)
    /// Some snapshots could not be sent.
    case failedTransmissions(Int)
    /// All settings of tests end.
    case reset
}

/// A change, and the first second whose snapshot shows it.
struct TimedBoxChange: Sendable, Hashable {
    var t: Int
    let change: BoxChange
}
