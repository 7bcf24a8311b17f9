// SPDX-License-Identifier: Apache-2.0

/// The parameters of a fleet.
///
/// `SimulatorConfiguration` documents and checks them.
struct FleetConfiguration: Sendable {
    var seed: UInt64
    var accounts: Int
    /// The number of connectors in each account.
    var connectors: Int
    /// The first second of every script, or `nil` for `history` before the start.
    var birth: Int?
    /// The length of the history, in seconds.
    var history: Double
    /// Script seconds per second of history.
    var historySpeed: Double
    /// Script seconds per second after the start.
    var speed: Double
    var eventsPerConnector: Int?
    var lateShare: Double
    var unknownShare: Double
    /// The seconds between two snapshots, at least 1.
    var snapshotInterval: Int
    /// The frequency of scripted incidents in snapshots.
    var snapshotIncidents: Double
}
