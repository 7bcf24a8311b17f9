// SPDX-License-Identifier: Apache-2.0

import CloudflareAPI
import Exposition
import Polling

/// The sample lines of what the exporter says of its own work.
struct ExporterFamilies {
    /// Reasons that are shown at 0 from the start, so that the first failure is an increase.
    private static let reasons =
        [
            APIError.Reason.unauthorized, .forbidden, .notFound, .rateLimited, .serverError, .badRequest,
            .malformed,
            .rejected, .redirect, .timeout, .connect, .resolve, .tls, .interrupted, .tooLarge,
        ]
        .map(\.rawValue) + ["cursor_loop", "endless_cursor", "storage", "token"]

    /// The lines of the families of `MetricCatalogue.ofExporter`, by column.
    let lines: [[UInt8]]

    /// Writes all lines.
    ///
    /// - Parameters:
    ///   - statistics: what polling has done.
    ///   - shard: whose part of all connectors is polled.
    ///   - reloadSucceeded: whether the configuration in force is the newest one.
    ///   - columns: where the lines stand.
    ///   - startTime: when the counters began, in seconds since the Unix epoch.
    init(
        _ statistics: PollStatistics.Snapshot,
        shard: Shard,
        reloadSucceeded: Bool,
        columns: FamilyColumns,
        startTime: Double?
    ) {
        typealias Catalogue = MetricCatalogue
        var families = FamilyWriter(columns, labels: [], created: startTime)
        families.append(Catalogue.buildInfo, BuildInfo.labels, 1)
        let requests = statistics.requests.sorted {
            ($0.key.endpoint.rawValue, $0.key.status) < ($1.key.endpoint.rawValue, $1.key.status)
        }
        for (key, count) in requests {
            let labels = [
                Label(name: "endpoint", value: key.endpoint.rawValue),
                Label(name: "status", value: key.status),
            ]
            families.append(Catalogue.apiRequests, labels, count)
        }
        for endpoint in APIEndpoint.allCases {
            guard let durations = statistics.durations[endpoint] else { continue }
            let label = [Label(name: "endpoint", value: endpoint.rawValue)]
            families.append(Catalogue.apiRequestDuration, label, HistogramValue(durations))
        }
        if let budgetRemaining = statistics.leastBudget {
            families.append(Catalogue.apiBudgetRemaining, [], budgetRemaining)
        }
        families.append(Catalogue.apiSilencedUntil, [], statistics.silencedUntil ?? 0)
        for reason in Set(Self.reasons).union(statistics.failures.keys).sorted() {
            let label = [Label(name: "reason", value: reason)]
            families.append(Catalogue.pollFailures, label, statistics.failures[reason] ?? 0)
        }
        families.append(Catalogue.duplicateEvents, [], statistics.duplicates)
        families.append(Catalogue.lateEvents, [], statistics.late)
        for reason in Set(["malformed", "too_old"]).union(statistics.discarded.keys).sorted() {
            let label = [Label(name: "reason", value: reason)]
            families.append(Catalogue.discardedEvents, label, statistics.discarded[reason] ?? 0)
        }
        families.append(Catalogue.unknownKindEvents, [], statistics.unknownKinds)
        families.append(Catalogue.storageWriteFailures, [], statistics.storageWriteFailures)
        families.append(Catalogue.shardOrdinal, [], shard.index)
        families.append(Catalogue.totalShards, [], shard.count)
        families.append(Catalogue.configReloadSuccess, [], reloadSucceeded)
        lines = families.lines
    }
}
