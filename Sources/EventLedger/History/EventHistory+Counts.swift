// SPDX-License-Identifier: Apache-2.0

package import ConnectorEvents
import GRDB

extension EventHistory {
    /// Counts the events of one connector by kind in consecutive intervals.
    ///
    /// It reads one range of the primary key for each interval.
    ///
    /// - Parameters:
    ///   - key: the connector.
    ///   - start: the recording time at which the first interval begins, in seconds since the Unix epoch.
    ///   - seconds: the length of an interval.
    ///   - count: the number of intervals.
    ///   - first: the recording time of the oldest events that are counted.
    ///   - last: the recording time of the newest events that are counted.
    ///   - isCancelled: called before each interval; if it returns `true`, the remaining intervals are not read.
    /// - Returns: the counts that are not 0, by interval and then by kind; empty if the connector is unknown.
    /// - Throws: if the database cannot be read.
    package func counts(
        of key: ConnectorKey,
        from start: Int,
        inIntervalsOf seconds: Int,
        count: Int,
        since first: Int = .min,
        until last: Int = .max,
        isCancelled: () -> Bool = { false }
    ) throws(LedgerError) -> [IntervalCount] {
        try read { db in
            let names = try EventNames(reading: db)
            guard let row = names.row(of: key) else { return [] }
            let statement = try db.cachedStatement(
                sql: """
                    SELECT kind, count(*) AS count FROM event NOT INDEXED
                    WHERE connector = ? AND t BETWEEN ? AND ? GROUP BY kind
                    """
            )
            var counts: [IntervalCount] = []
            for interval in 0..<count where !isCancelled() {
                let from = start + interval * seconds
                let rows = try Row.fetchAll(
                    statement,
                    arguments: [row, max(first, from), min(last, from + seconds - 1)]
                )
                counts += rows.compactMap { row in
                    names.kinds[row["kind"]].map {
                        IntervalCount(interval: interval, kind: $0, count: row["count"])
                    }
                }
                .sorted { $0.kind < $1.kind }
            }
            return counts
        }
    }
}
