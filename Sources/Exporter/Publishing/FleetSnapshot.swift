// SPDX-License-Identifier: Apache-2.0

import Polling

/// All connectors and accounts at one moment, for people.
struct FleetSnapshot: Sendable {
    let connectors: [ConnectorView]
    let accounts: [AccountView]
    let settings: FamilySettings

    /// In seconds since the Unix epoch.
    let now: Double
}
