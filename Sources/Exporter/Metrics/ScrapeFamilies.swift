// SPDX-License-Identifier: Apache-2.0

import Exposition
import Synchronization

/// The few lines that differ with every scrape.
///
/// They are written for each scrape, with what goes before each family written once. What the kernel says of the process
/// is asked ten times a second at most: the answer costs more than all else in a scrape, while a Prometheus that asks
/// once a second, or once a minute, always gets a fresh one.
final class ScrapeFamilies: Sendable {
    /// How old the lines about the process may be, in seconds.
    private static let processAge = 0.1

    /// The lines about the process, as they were at a moment.
    private struct Process {
        var lines: [ExpositionFormat: [UInt8]] = [:]
        /// In uptime.
        var readAt = -Double.infinity
    }

    private let counting: FamilyColumns
    private let ofProcess: FamilyColumns
    private let preambles: [ExpositionFormat: [[UInt8]]]
    private let startTime: Double?
    private let read: @Sendable () -> ProcessUsage
    private let process = Mutex(Process())

    /// Prepares what does not differ.
    ///
    /// - Parameters:
    ///   - withCreated: whether counters say in OpenMetrics when they began at 0.
    ///   - startTime: of the process, in seconds since the Unix epoch; `nil` where it is not known.
    ///   - read: asks the kernel.
    init(
        withCreated: Bool,
        startTime: Double?,
        reading read: @escaping @Sendable () -> ProcessUsage = ProcessUsage.read
    ) {
        let entries = MetricCatalogue.ofScrape
        counting = FamilyColumns(Array(entries.prefix(2)), withCreated: withCreated)
        ofProcess = FamilyColumns(Array(entries.dropFirst(2)), withCreated: withCreated)
        preambles = Dictionary(
            uniqueKeysWithValues: ExpositionFormat.allCases.map { dialect in
                (dialect, entries.map { FamilyMetadata($0.definition).bytes(dialect) })
            }
        )
        self.startTime = startTime
        self.read = read
    }

    /// Writes them with what goes before each family.
    ///
    /// - Parameters:
    ///   - dialect: the format of the body that they end.
    ///   - scrapes: how many were answered, by status code.
    ///   - inFlight: how many are being answered.
    ///   - uptime: now, to know how old the lines about the process are.
    /// - Returns: whole lines; families without a sample are left out.
    func bytes(_ dialect: ExpositionFormat, scrapes: [Int: Int], inFlight: Int, uptime: Double) -> [UInt8] {
        typealias Catalogue = MetricCatalogue
        var families = FamilyWriter(counting, labels: [], created: startTime)
        for (code, count) in scrapes.sorted(by: { $0.key < $1.key }) {
            families.append(Catalogue.scrapes, [Label(name: "code", value: "\(code)")], count)
        }
        families.append(Catalogue.scrapesInFlight, [], inFlight)
        var bytes = joined(families, of: counting, preambles: preambles[dialect]?[...] ?? [], dialect)
        bytes += processLines(dialect, uptime: uptime)
        return bytes
    }

    private func processLines(_ dialect: ExpositionFormat, uptime: Double) -> [UInt8] {
        process.withLock { process in
            if !(0..<Self.processAge).contains(uptime - process.readAt) {
                let families = processFamilies(read())
                for dialect in ExpositionFormat.allCases {
                    let preambles = preambles[dialect]?.dropFirst(counting.entries.count) ?? []
                    process.lines[dialect] = joined(families, of: ofProcess, preambles: preambles, dialect)
                }
                process.readAt = uptime
            }
            return process.lines[dialect] ?? []
        }
    }

    private func processFamilies(_ usage: ProcessUsage) -> FamilyWriter {
        typealias Catalogue = MetricCatalogue
        var families = FamilyWriter(ofProcess, labels: [], created: startTime)
        if let seconds = usage.cpuSeconds { families.append(Catalogue.processCPU, [], seconds) }
        if let count = usage.openDescriptors { families.append(Catalogue.processOpenFDs, [], count) }
        if let count = usage.maximumDescriptors { families.append(Catalogue.processMaxFDs, [], count) }
        if let bytes = usage.virtualMemoryBytes { families.append(Catalogue.processVirtualMemory, [], bytes) }
        if let bytes = usage.residentMemoryBytes {
            families.append(Catalogue.processResidentMemory, [], bytes)
        }
        if let startTime { families.append(Catalogue.processStartTime, [], startTime) }
        return families
    }

    private func joined(
        _ families: FamilyWriter,
        of columns: FamilyColumns,
        preambles: ArraySlice<[UInt8]>,
        _ dialect: ExpositionFormat
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2048)
        let lines = families.lines
        for (family, preamble) in preambles.prefix(columns.entries.count).enumerated() {
            let samples = lines[columns.column(of: family, in: dialect)]
            guard !samples.isEmpty else { continue }
            bytes += preamble
            bytes += samples
        }
        return bytes
    }
}
