// SPDX-License-Identifier: Apache-2.0

/// An endpoint of the API; the raw value is the `endpoint` label of the exporter's own metrics.
package enum APIEndpoint: String, Sendable, CaseIterable {
    case connectors
    case sites
    /// A page of a connector's events, without payloads.
    case events
    case event
    /// A connector's newest events with their payloads.
    case latest = "events_latest"
    /// The times of a connector's snapshots.
    case snapshots
    /// A connector's newest snapshot.
    case latestSnapshot = "snapshots_latest"
    /// The status of the token itself.
    case token = "token_verify"

    /// The maximum size of a response in bytes, after decompression.
    ///
    /// It bounds the memory of decoding. A page of 1,000 events has about 100 kB.
    var bodyLimit: Int {
        switch self {
        case .connectors, .sites: 16 << 20
        case .latestSnapshot: 8 << 20
        case .events, .latest, .snapshots: 2 << 20
        case .event, .token: 64 << 10
        }
    }
}
