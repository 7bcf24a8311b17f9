// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import ConnectorEvents
import ConnectorSnapshots
import Exposition
import Polling

extension FamilySection where Subject == ExporterStatus {
    /// Families about the exporter's own work.
    static let ofExporter = [build, requests, polls, storage, configuration]

    private static let build = FamilySection(
        "Build",
        [
            Family(
                "build_info",
                .gauge,
                labels: ["version", "swiftversion", "os", "arch"],
                help: "Constant 1, with the properties of the build as labels."
            ) { _, samples in
                samples.append(
                    1,
                    labels: BuildInfo.version,
                    BuildInfo.swiftVersion,
                    BuildInfo.platform,
                    BuildInfo.architecture
                )
            }
        ]
    )

    private static let requests = FamilySection(
        "API requests",
        [
            Family(
                "api_requests_total",
                .counter,
                labels: ["account_id", "endpoint", "status"],
                help: "Requests to the Cloudflare API, by HTTP status, or by reason if there was no response."
            ) { exporter, samples in
                let requests = exporter.statistics.requests.sorted { $0.key.order < $1.key.order }
                for (key, count) in requests where exporter.hasAccount(key.account) {
                    samples.append(count, labels: key.account, key.endpoint.rawValue, key.status)
                }
            },
            Family(
                "api_request_duration_seconds",
                .histogram,
                labels: ["endpoint"],
                unit: "seconds",
                help: "Duration of requests to the Cloudflare API in seconds."
            ) { exporter, samples in
                for endpoint in APIEndpoint.allCases {
                    let durations = exporter.statistics.durations[endpoint]
                    samples.append(durations.map { HistogramValue($0) }, labels: endpoint.rawValue)
                }
            },
            Family(
                "api_budget_remaining",
                .gauge,
                labels: ["account_id"],
                help: "Requests that the budget of the account's token allows at once; 0 while rate limited."
            ) { exporter, samples in
                for account in exporter.accounts {
                    let budget = exporter.statistics.budget(of: account.account)
                    samples.append(budget?.remaining, labels: account.account)
                }
            },
            Family(
                "api_silenced_until_timestamp_seconds",
                .gauge,
                labels: ["account_id"],
                unit: "seconds",
                help:
                    "When requests with the account's token may be sent again after a 429, by the server's clock; 0 if they may be sent now."
            ) { exporter, samples in
                for account in exporter.accounts {
                    let budget = exporter.statistics.budget(of: account.account)
                    samples.append(
                        budget.map { $0.blockedUntil?.seconds ?? 0 },
                        labels: account.account
                    )
                }
            },
            Family(
                "token_expiry_timestamp_seconds",
                .gauge,
                labels: ["account_id"],
                unit: "seconds",
                help:
                    "When the account's API token expires, from Cloudflare; absent if it does not expire, or if Cloudflare does not say."
            ) { exporter, samples in
                for account in exporter.accounts {
                    samples.append(account.tokenExpiry?.seconds, labels: account.account)
                }
            },
        ]
    )

    private static let polls = FamilySection(
        "Polling",
        [
            Family(
                "poll_failures_total",
                .counter,
                labels: ["account_id", "reason"],
                help: "Failed polls and discoveries, by reason."
            ) { exporter, samples in
                let failures = exporter.statistics.failures
                for account in exporter.accounts.map(\.account) {
                    for reason in PollFailure.Reason.allCases {
                        let count = failures[PollStatistics.FailureKey(account: account, reason: reason)]
                        guard count != nil || PollFailure.Reason.expected.contains(reason) else { continue }
                        samples.append(count ?? 0, labels: account, reason.rawValue)
                    }
                }
            },
            Family(
                "duplicate_events_total",
                .counter,
                help:
                    "Events that the API returned again; expected, because windows overlap. They are not counted again."
            ) { exporter, samples in
                samples.append(exporter.statistics.duplicates)
            },
            Family(
                "late_events_total",
                .counter,
                help:
                    "Events that were recorded before the watermark but returned after it; they are counted."
            ) { exporter, samples in
                samples.append(exporter.statistics.late)
            },
            Family(
                "discarded_events_total",
                .counter,
                labels: ["reason"],
                help:
                    "Items in API responses that could not be counted: malformed, or too_old to be checked for duplicates."
            ) { exporter, samples in
                let discarded = exporter.statistics.discarded
                for reason in DiscardReason.allCases {
                    samples.append(discarded[reason] ?? 0, labels: reason.rawValue)
                }
            },
            Family(
                "unknown_kind_events_total",
                .counter,
                help:
                    "Events of a kind that Cloudflare did not document when this version was built; they are counted."
            ) { exporter, samples in
                samples.append(exporter.statistics.unknownKinds)
            },
            Family(
                "snapshot_items_dropped_total",
                .counter,
                help: "Items of snapshots, such as network devices, that exceeded a limit and have no series."
            ) { exporter, samples in
                samples.append(exporter.statistics.droppedSnapshotItems)
            },
            Family(
                "snapshot_counters_cumulative",
                .gauge,
                labels: ["account_id"],
                help:
                    "Whether the counters of snapshots count from the boot (1), as their metrics assume, or from the previous snapshot (0); absent until a snapshot shows it."
            ) { exporter, samples in
                for account in exporter.accounts {
                    samples.append(
                        account.snapshotCounters.map { $0 == .cumulative },
                        labels: account.account
                    )
                }
            },
        ]
    )

    private static let storage = FamilySection(
        "Storage",
        [
            Family(
                "storage_write_failures_total",
                .counter,
                help: "Failed attempts to write to the ledger."
            ) { exporter, samples in
                samples.append(exporter.statistics.storageWriteFailures)
            },
            Family(
                "storage_size_bytes",
                .gauge,
                unit: "bytes",
                help: "Disk space of the ledger, with its write-ahead log."
            ) { exporter, samples in
                samples.append(exporter.storage?.size)
            },
            Family(
                "events_log_write_failures_total",
                .counter,
                help: "Failed attempts to write to the events log; absent without events_log."
            ) { exporter, samples in
                samples.append(exporter.storage?.eventLog?.writeFailures)
            },
            Family(
                "events_log_pending_events",
                .gauge,
                help:
                    "Counted events that the events log does not contain yet; absent without events_log. It grows if the log cannot be written."
            ) { exporter, samples in
                samples.append(exporter.storage?.eventLog?.pendingEvents)
            },
        ]
    )

    private static let configuration = FamilySection(
        "Sharding and configuration",
        [
            Family(
                "shard_ordinal",
                .gauge,
                help: "The index of the shard that this exporter polls, from 0 (--shard.index)."
            ) { exporter, samples in
                samples.append(exporter.shard.index)
            },
            Family(
                "total_shards",
                .gauge,
                help: "The number of shards, 1 if one exporter polls all connectors (--shard.count)."
            ) { exporter, samples in
                samples.append(exporter.shard.count)
            },
            Family(
                "config_last_reload_successful",
                .gauge,
                help:
                    "Whether the newest load of the configuration succeeded (1), or failed and left the previous one in effect (0)."
            ) { exporter, samples in
                samples.append(exporter.reloadSucceeded)
            },
        ]
    )
}

extension PollStatistics.RequestKey {
    /// The sort key of the series.
    fileprivate var order: (String, String, String) { (account, endpoint.rawValue, status) }
}
