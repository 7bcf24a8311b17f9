// SPDX-License-Identifier: Apache-2.0

/// An endpoint of the API; the raw value is the `endpoint` label of the exporter's own metrics.
package enum APIEndpoint: String, Sendable, CaseIterable {
    case connectors
    /// A page of a connector's events, without payloads.
    case events
    case event
    /// A connector's newest events with their payloads.
    case latest = "events_latest"
}
