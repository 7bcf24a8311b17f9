// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition
import Polling

extension FamilySection where Subject == AccountStatus {
    /// Families with series of whole accounts.
    ///
    /// The histograms appear after the history import, so that imported history does not look like new observations.
    static let ofAccounts: [Self] = [
        FamilySection(
            "Accounts",
            [
                Family(
                    "event_delivery_delay_seconds",
                    .histogram,
                    unit: "seconds",
                    help:
                        "Seconds from an event's record on the connector to its collection by Cloudflare (a - t)."
                ) { account, samples in
                    samples.append(account.view.histograms.map { HistogramValue($0[.deliveryDelay]) })
                },
                Family(
                    "operation_duration_seconds",
                    .histogram,
                    labels: ["operation", "outcome"],
                    unit: "seconds",
                    help: "Seconds from the start of an operation to its finish."
                ) { account, samples in
                    guard let histograms = account.view.histograms else { return }
                    for operation in Operation.allCases {
                        for outcome in Operation.Outcome.allCases {
                            samples.append(
                                HistogramValue(histograms[.operation(operation, outcome)]),
                                labels: operation.rawValue,
                                outcome.rawValue
                            )
                        }
                    }
                },
                Family(
                    "rekey_duration_seconds",
                    .histogram,
                    unit: "seconds",
                    help: "Seconds from RekeyStart to RekeyComplete of a tunnel."
                ) { account, samples in
                    samples.append(account.view.histograms.map { HistogramValue($0[.rekey]) })
                },
                Family(
                    "poll_interval_seconds",
                    .gauge,
                    unit: "seconds",
                    help:
                        "The current poll interval: the configured one, or a longer one if the request budget requires it."
                ) { account, samples in
                    samples.append(account.view.pollInterval)
                },
                Family(
                    "configured_poll_interval_seconds",
                    .gauge,
                    unit: "seconds",
                    help: "The configured poll interval (polling.interval)."
                ) { account, samples in
                    samples.append(account.view.configuredPollInterval)
                },
                Family(
                    "discovery_interval_seconds",
                    .gauge,
                    unit: "seconds",
                    help: "The configured interval of discoveries (polling.discovery_interval)."
                ) { account, samples in
                    samples.append(account.view.discoveryInterval)
                },
                Family(
                    "snapshot_poll_interval_seconds",
                    .gauge,
                    unit: "seconds",
                    help:
                        "The current minimum interval between polls of a connector's snapshots: the configured one, or a longer one if the request budget requires it; absent if snapshots are not read."
                ) { account, samples in
                    samples.append(account.view.snapshotInterval)
                },
                Family(
                    "discovery_success",
                    .gauge,
                    help: "Whether the newest listing of the account's connectors succeeded (1) or not (0)."
                ) { account, samples in
                    samples.append(account.view.discoverySucceeded)
                },
                Family(
                    "last_successful_discovery_timestamp_seconds",
                    .gauge,
                    unit: "seconds",
                    help:
                        "When the newest successful listing of the account's connectors ended; absent before the first one of this process."
                ) { account, samples in
                    samples.append(account.view.discoveredAt?.seconds)
                },
                Family("connectors", .gauge, help: "Connectors of the account that are polled.") {
                    account,
                    samples in
                    samples.append(account.view.connectors)
                },
                Family(
                    "connectors_missing",
                    .gauge,
                    help:
                        "Polled connectors that the newest successful listing lacks. After several such listings, their series end."
                ) { account, samples in
                    samples.append(account.view.missing)
                },
            ]
        )
    ]
}
