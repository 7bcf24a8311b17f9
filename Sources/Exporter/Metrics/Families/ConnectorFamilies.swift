// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Exposition
import Polling

extension FamilySection where Subject == ConnectorStatus {
    /// Families with series of single connectors.
    static let ofConnectors = [inventory, events, operations, rekeys, agent, freshness]

    /// Families with the constant 1, whose labels describe connectors.
    static let constantOfConnectors = FamilySection(
        inventory.title,
        inventory.families.filter { $0.definition.name.hasSuffix("info") }
    )

    static let events = FamilySection(
        "Events",
        [
            Family(
                "events_total",
                .counter,
                labels: ["kind"],
                help:
                    "Telemetry events that the connector recorded, by kind. Each event is counted once, across restarts."
            ) { connector, samples in
                for kind in connector.kinds {
                    let isPending = connector.newSeries.isPending(.events(kind))
                    let count = connector.polled?.tallies[kind]?.count ?? 0
                    samples.append(isPending ? 0 : count, labels: kind.rawValue)
                }
            },
            Family(
                "last_event_timestamp_seconds",
                .gauge,
                labels: ["kind"],
                unit: "seconds",
                help: "When the connector recorded the newest event of the kind; absent before the first one."
            ) { connector, samples in
                for kind in connector.kinds {
                    samples.append(connector.polled?.tallies[kind]?.newest.seconds, labels: kind.rawValue)
                }
            },
            Family(
                "last_event_delivery_delay_seconds",
                .gauge,
                unit: "seconds",
                help:
                    "Seconds from the newest listed event's record on the connector to its collection by Cloudflare (a - t). Below 0, the connector's clock is ahead."
            ) { connector, samples in
                samples.append(connector.polled?.state.deliveryDelay)
            },
        ]
    )

    static let agent = FamilySection(
        "Agent",
        [
            Family(
                "agent_running",
                .gauge,
                help:
                    "Whether the newest of Init and Leave is Init (1) or Leave (0); absent before the first one."
            ) { connector, samples in
                samples.append(connector.polled?.state.agent.isRunning)
            },
            Family(
                "agent_unclean_restarts_total",
                .counter,
                help:
                    "Starts of the agent without a recorded stop before them, such as after a crash or a power cut."
            ) { connector, samples in
                samples.append(connector.polled?.uncleanRestarts)
            },
        ]
    )

    private static let freshness = FamilySection(
        "Freshness",
        [
            Family(
                "poll_success",
                .gauge,
                help:
                    "Whether the newest poll of the connector succeeded (1) or not (0). On 0 the other series keep their values."
            ) { connector, samples in
                samples.append(connector.view.pollSucceeded)
            },
            Family(
                "last_successful_poll_timestamp_seconds",
                .gauge,
                unit: "seconds",
                help: "When the newest complete poll of the connector ended."
            ) { connector, samples in
                samples.append(connector.polled?.lastSuccess?.seconds)
            },
            Family(
                "events_complete_until_timestamp_seconds",
                .gauge,
                unit: "seconds",
                help:
                    "The end of the last completely read window. Events that the API showed up to this time are counted."
            ) { connector, samples in
                samples.append(connector.polled?.watermark?.seconds)
            },
        ]
    )
}
