// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Polling

/// All connectors and accounts at one time, for the landing page.
struct FleetSnapshot: Sendable {
    /// The connectors, in no particular order.
    let connectors: [ConnectorView]

    /// The accounts, ordered by identifier.
    let accounts: [AccountView]

    /// The thresholds of stuck work.
    let settings: FamilySettings

    /// The time of the snapshot.
    let now: Timestamp
}
