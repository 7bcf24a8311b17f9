// SPDX-License-Identifier: Apache-2.0

package import Exposition

/// Every family that is exposed: its name, its labels, what a value means and where it comes from.
///
/// Names and meanings are a promise to everybody who has written a query or an alert.
package enum MetricCatalogue {
    /// A family and the labels that its series carry.
    package struct Entry: Sendable {
        package let definition: MetricDefinition
        package let labels: [String]
    }

    private static let prefix = "cloudflare_magic_connector_"
    private static let connectorLabels = ["account_id", "connector_id"]

    private static func entry(
        _ name: String,
        _ type: MetricType,
        _ labels: [String],
        unit: String? = nil,
        help: String
    ) -> Entry {
        Entry(
            definition: MetricDefinition(name: prefix + name, type: type, help: help, unit: unit),
            labels: labels
        )
    }

    private static func perConnector(
        _ name: String,
        _ type: MetricType,
        _ labels: [String] = [],
        unit: String? = nil,
        help: String
    ) -> Entry {
        entry(name, type, connectorLabels + labels, unit: unit, help: help)
    }

    // MARK: Inventory, from discovery

    package static let info = perConnector(
        "info",
        .gauge,
        ["device_id", "serial_number", "device_type", "site_id", "version"],
        help:
            "Constant 1, labelled with what the connector list says of the device; join it for names people know."
    )
    package static let activated = perConnector(
        "activated",
        .gauge,
        help: "Whether the connector is activated (1) or not (0), from the connector list."
    )
    package static let primary = perConnector(
        "primary",
        .gauge,
        help: "Whether the connector is the primary of its site (1) or not (0), from the connector list."
    )
    package static let lastHeartbeat = perConnector(
        "last_heartbeat_timestamp_seconds",
        .gauge,
        unit: "seconds",
        help:
            "When Cloudflare last heard from the connector, from the connector list; absent before the first contact."
    )

    // MARK: Events

    package static let events = perConnector(
        "events_total",
        .counter,
        ["kind"],
        help:
            "Telemetry events the connector recorded, by kind, each counted once by its identity; survives restarts."
    )
    package static let lastEvent = perConnector(
        "last_event_timestamp_seconds",
        .gauge,
        ["kind"],
        unit: "seconds",
        help: "When the newest event of the kind was recorded by the connector; absent until one was seen."
    )

    // MARK: Operations

    package static let failureRatio = perConnector(
        "failure_ratio",
        .gauge,
        ["operation", "window"],
        unit: "ratio",
        help:
            "Failed divided by finished operations in the window that ends now; absent if none finished in it."
    )
    package static let consecutiveFailures = perConnector(
        "consecutive_failures",
        .gauge,
        ["operation"],
        help: "How often the operation has failed since it last succeeded."
    )
    package static let operationInProgress = perConnector(
        "operation_in_progress",
        .gauge,
        ["operation"],
        help: "Whether the newest start of the operation has no finish yet (1) or has (0)."
    )
    package static let operationStart = perConnector(
        "operation_start_timestamp_seconds",
        .gauge,
        ["operation"],
        unit: "seconds",
        help: "When the operation last started, finished or not; absent until a start was seen."
    )
    package static let operationStuck = perConnector(
        "operation_stuck",
        .gauge,
        ["operation"],
        help:
            "Whether the operation has been in progress for at least its stuck_after (1) or not (0), as of now."
    )

    // MARK: Rekeys

    package static let rekeyPhase = perConnector(
        "rekey_phase",
        .gauge,
        ["tunnel_id", "phase"],
        help:
            "1 for the phase that the tunnel's IPsec keys are in, 0 for the others, from the newest rekey event."
    )
    package static let rekeyPhaseStart = perConnector(
        "rekey_phase_start_timestamp_seconds",
        .gauge,
        ["tunnel_id"],
        unit: "seconds",
        help: "When the tunnel's keys entered their phase; a restart of a started rekey does not renew it."
    )
    package static let rekeyStuck = perConnector(
        "rekey_stuck",
        .gauge,
        ["tunnel_id"],
        help:
            "Whether the tunnel is in phase started, advanced or reset for at least stuck_after.rekey (1) or not (0)."
    )
    package static let rekeysCompleted = perConnector(
        "rekeys_completed_total",
        .counter,
        ["tunnel_id"],
        help: "Rekeys of the tunnel that were completed; shown once the history's payloads have arrived."
    )
    package static let rekeyResets = perConnector(
        "rekey_resets_total",
        .counter,
        ["tunnel_id"],
        help:
            "Times the tunnel dropped all keys after an unexpected one; shown once the history's payloads have arrived."
    )

    // MARK: The agent

    package static let agentRunning = perConnector(
        "agent_running",
        .gauge,
        help: "Whether the newest of Init and Leave is Init (1) or Leave (0); absent until one was seen."
    )
    package static let agentUncleanRestarts = perConnector(
        "agent_unclean_restarts_total",
        .counter,
        help: "Starts of the agent with no stop recorded before them: crashes and power cuts."
    )

    // MARK: How fresh it all is

    package static let pollSuccess = perConnector(
        "poll_success",
        .gauge,
        help:
            "Whether the newest poll of the connector succeeded (1) or not (0); on 0 the other series keep their values."
    )
    package static let lastSuccessfulPoll = perConnector(
        "last_successful_poll_timestamp_seconds",
        .gauge,
        unit: "seconds",
        help: "When the connector was last polled completely."
    )
    package static let completeUntil = perConnector(
        "events_complete_until_timestamp_seconds",
        .gauge,
        unit: "seconds",
        help:
            "The end of the last window that was read to its last page: what the API showed up to it is counted."
    )

    // MARK: Accounts

    package static let deliveryDelay = entry(
        "event_delivery_delay_seconds",
        .histogram,
        ["account_id"],
        unit: "seconds",
        help: "Seconds between an event's record on the connector and its collection by Cloudflare (a - t)."
    )
    package static let operationDuration = entry(
        "operation_duration_seconds",
        .histogram,
        ["account_id", "operation", "outcome"],
        unit: "seconds",
        help: "Seconds from the start of an operation to its finish."
    )
    package static let rekeyDuration = entry(
        "rekey_duration_seconds",
        .histogram,
        ["account_id"],
        unit: "seconds",
        help: "Seconds from RekeyStart to RekeyComplete of a tunnel."
    )
    package static let pollInterval = entry(
        "poll_interval_seconds",
        .gauge,
        ["account_id"],
        unit: "seconds",
        help:
            "The poll interval in force: the configured one, or longer where the request budget does not allow it."
    )
    package static let discoverySuccess = entry(
        "discovery_success",
        .gauge,
        ["account_id"],
        help: "Whether the newest listing of the account's connectors succeeded (1) or not (0)."
    )
    package static let connectors = entry(
        "connectors",
        .gauge,
        ["account_id"],
        help: "Connectors of the account that are polled."
    )

    /// Families with series of single connectors, in the order of exposition.
    package static let ofConnectors = [
        info, activated, primary, lastHeartbeat, events, lastEvent, failureRatio, consecutiveFailures,
        operationInProgress, operationStart, operationStuck, rekeyPhase, rekeyPhaseStart, rekeyStuck,
        rekeysCompleted, rekeyResets, agentRunning, agentUncleanRestarts, pollSuccess, lastSuccessfulPoll,
        completeUntil,
    ]

    /// Families with series of whole accounts, in the order of exposition.
    package static let ofAccounts = [
        deliveryDelay, operationDuration, rekeyDuration, pollInterval, discoverySuccess, connectors,
    ]
}
