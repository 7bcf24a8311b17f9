// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Exposition
import Synchronization

/// The families that change with each scrape: scrape counters and the resources of the process.
///
/// Reading the resources costs more than the rest of a scrape, so it happens at most ten times per second. A Prometheus
/// that scrapes once per second or less often always gets fresh values.
final class ScrapeTail: Sendable {
    /// The maximum age of the process values, in seconds.
    private static let maxProcessAge = 0.1

    /// The lines of the process families at one time.
    private struct ProcessLines {
        var bytes: [ExpositionFormat: [UInt8]] = [:]
        var uptime = -Double.infinity
    }

    private let scrapeFamilies: FamilyList<ScrapeStatus>
    private let processFamilies: FamilyList<ProcessStatus>
    private let startTime: Timestamp?
    private let read: @Sendable () -> ProcessUsage
    private let processLines = Mutex(ProcessLines())

    /// Creates a tail.
    ///
    /// - Parameters:
    ///   - withCreated: whether OpenMetrics has created samples.
    ///   - startTime: when the process started; `nil` if unknown.
    ///   - read: reads the resources of the process.
    init(
        withCreated: Bool,
        startTime: Timestamp?,
        reading read: @escaping @Sendable () -> ProcessUsage = ProcessUsage.read
    ) {
        scrapeFamilies = FamilyList(FamilySection.ofScrapes, withCreated: withCreated)
        processFamilies = FamilyList(FamilySection.ofProcess, withCreated: withCreated)
        self.startTime = startTime
        self.read = read
    }

    /// Returns the families with their metadata.
    ///
    /// Families without samples are omitted.
    ///
    /// - Parameters:
    ///   - format: the format of the body.
    ///   - scrapes: the number of completed scrapes by status code.
    ///   - inFlight: the number of scrapes in flight.
    ///   - uptime: the current uptime in seconds, which determines the age of the process values.
    /// - Returns: complete lines.
    func bytes(_ format: ExpositionFormat, scrapes: [Int: Int], inFlight: Int, uptime: Double) -> [UInt8] {
        let status = ScrapeStatus(codes: scrapes, inFlight: inFlight, countedSince: startTime)
        return scrapeFamilies.exposition(of: status)(format) + processBytes(format, uptime: uptime)
    }

    private func processBytes(_ format: ExpositionFormat, uptime: Double) -> [UInt8] {
        processLines.withLock { lines in
            if !(0..<Self.maxProcessAge).contains(uptime - lines.uptime) {
                let status = ProcessStatus(usage: read(), countedSince: startTime)
                let exposition = processFamilies.exposition(of: status)
                for format in ExpositionFormat.allCases { lines.bytes[format] = exposition(format) }
                lines.uptime = uptime
            }
            return lines.bytes[format] ?? []
        }
    }
}
