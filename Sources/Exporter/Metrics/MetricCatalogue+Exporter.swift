// SPDX-License-Identifier: Apache-2.0

import Exposition

// MARK: - What the exporter says of itself

extension MetricCatalogue {
    private static func own(
        _ name: String,
        _ type: MetricType,
        _ labels: [String] = [],
        unit: String? = nil,
        help: String
    ) -> Entry {
        let name = "cloudflare_magic_connector_exporter_\(name)"
        return Entry(
            definition: MetricDefinition(name: name, type: type, help: help, unit: unit),
            labels: labels
        )
    }

    private static func process(
        _ name: String,
        _ type: MetricType,
        unit: String? = nil,
        help: String
    ) -> Entry {
        Entry(
            definition: MetricDefinition(name: "process_\(name)", type: type, help: help, unit: unit),
            labels: []
        )
    }

    package static let buildInfo = own(
        "build_info",
        .gauge,
        ["version", "swiftversion", "os", "arch"],
        help: "Constant 1, labelled with what the exporter was built from."
    )
    package static let apiRequests = own(
        "api_requests_total",
        .counter,
        ["endpoint", "status"],
        help: "Requests to the Cloudflare API, by HTTP status or by the reason why there was none."
    )
    package static let apiRequestDuration = own(
        "api_request_duration_seconds",
        .histogram,
        ["endpoint"],
        unit: "seconds",
        help: "Seconds that requests to the Cloudflare API took."
    )
    package static let apiBudgetRemaining = own(
        "api_budget_remaining",
        .gauge,
        help:
            "Requests that may be sent at once within the budget, 0 while rate limited; the least over all tokens."
    )
    package static let apiSilencedUntil = own(
        "api_silenced_until_timestamp_seconds",
        .gauge,
        unit: "seconds",
        help:
            "When requests may be sent again after a 429, by the server's own time; 0 while they may; the latest of all tokens."
    )
    package static let pollFailures = own(
        "poll_failures_total",
        .counter,
        ["reason"],
        help: "Polls and discoveries that failed, by reason."
    )
    package static let duplicateEvents = own(
        "duplicate_events_total",
        .counter,
        help: "Events that the API showed again; expected, as windows overlap."
    )
    package static let lateEvents = own(
        "late_events_total",
        .counter,
        help: "Events that were recorded before the watermark and shown only after it; they are counted."
    )
    package static let discardedEvents = own(
        "discarded_events_total",
        .counter,
        ["reason"],
        help:
            "Items of the API's answers that could not be counted: malformed, or too_old to tell whether they were before."
    )
    package static let unknownKindEvents = own(
        "unknown_kind_events_total",
        .counter,
        help:
            "Events of a kind that Cloudflare did not document when this version was built; they are counted."
    )
    package static let storageWriteFailures = own(
        "storage_write_failures_total",
        .counter,
        help: "Tries to write the ledger that failed; counting goes on in memory meanwhile."
    )
    package static let shardOrdinal = own(
        "shard_ordinal",
        .gauge,
        help: "Which shard of the connectors this exporter polls, from 0 on: --shard.index."
    )
    package static let totalShards = own(
        "total_shards",
        .gauge,
        help:
            "Into how many shards the connectors are divided, 1 where one exporter polls all: --shard.count."
    )
    package static let scrapes = own(
        "scrapes_total",
        .counter,
        ["code"],
        help: "Scrapes answered, by HTTP status code."
    )
    package static let scrapesInFlight = own(
        "scrapes_in_flight",
        .gauge,
        help: "Scrapes whose answers are being taken, this one included."
    )
    package static let configReloadSuccess = own(
        "config_last_reload_successful",
        .gauge,
        help: "Whether the newest load of the configuration succeeded (1), or left the old one in force (0)."
    )

    package static let processCPU = process(
        "cpu_seconds_total",
        .counter,
        unit: "seconds",
        help: "Total user and system CPU time spent in seconds."
    )
    package static let processOpenFDs = process("open_fds", .gauge, help: "Number of open file descriptors.")
    package static let processMaxFDs = process(
        "max_fds",
        .gauge,
        help: "Maximum number of open file descriptors."
    )
    package static let processVirtualMemory = process(
        "virtual_memory_bytes",
        .gauge,
        unit: "bytes",
        help: "Virtual memory size in bytes."
    )
    package static let processResidentMemory = process(
        "resident_memory_bytes",
        .gauge,
        unit: "bytes",
        help: "Resident memory size in bytes."
    )
    package static let processStartTime = process(
        "start_time_seconds",
        .gauge,
        unit: "seconds",
        help: "Start time of the process since unix epoch in seconds."
    )

    /// Families that change when something is polled, in the order of exposition.
    package static let ofExporter = [
        buildInfo, apiRequests, apiRequestDuration, apiBudgetRemaining, apiSilencedUntil, pollFailures,
        duplicateEvents, lateEvents, discardedEvents, unknownKindEvents, storageWriteFailures, shardOrdinal,
        totalShards, configReloadSuccess,
    ]

    /// Families that differ with every scrape, in the order of exposition.
    package static let ofScrape = [
        scrapes, scrapesInFlight, processCPU, processOpenFDs, processMaxFDs, processVirtualMemory,
        processResidentMemory, processStartTime,
    ]

    /// All families, in the order of exposition.
    package static let all = ofConnectors + ofAccounts + ofExporter + ofScrape
}
