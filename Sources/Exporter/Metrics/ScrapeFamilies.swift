// SPDX-License-Identifier: Apache-2.0

import Exposition

/// The few lines that differ with every scrape.
struct ScrapeFamilies {
    /// Writes them with what goes before each family.
    ///
    /// - Parameters:
    ///   - dialect: the format of the body that they end.
    ///   - scrapes: how many were answered, by status code.
    ///   - inFlight: how many are being answered.
    ///   - usage: of the process; what is not known has no line.
    ///   - startTime: of the process, in seconds since the Unix epoch; `nil` where it is not known.
    /// - Returns: whole lines; families without a sample are left out.
    static func bytes(
        _ dialect: Dialect,
        scrapes: [Int: Int],
        inFlight: Int,
        usage: ProcessUsage,
        startTime: Double?
    ) -> [UInt8] {
        typealias Catalogue = MetricCatalogue
        var families = FamilyWriter(Catalogue.ofScrape, labels: [])
        for (code, count) in scrapes.sorted(by: { $0.key < $1.key }) {
            families.append(Catalogue.scrapes, [Label(name: "code", value: "\(code)")], count)
        }
        families.append(Catalogue.scrapesInFlight, [], inFlight)
        if let seconds = usage.cpuSeconds { families.append(Catalogue.processCPU, [], seconds) }
        if let count = usage.openDescriptors { families.append(Catalogue.processOpenFDs, [], count) }
        if let count = usage.maximumDescriptors { families.append(Catalogue.processMaxFDs, [], count) }
        if let bytes = usage.virtualMemoryBytes { families.append(Catalogue.processVirtualMemory, [], bytes) }
        if let bytes = usage.residentMemoryBytes {
            families.append(Catalogue.processResidentMemory, [], bytes)
        }
        if let startTime { families.append(Catalogue.processStartTime, [], startTime) }
        return zip(Catalogue.ofScrape, families.lines).flatMap { entry, lines in
            lines.isEmpty ? [] : Preamble(entry.definition).bytes(dialect) + lines
        }
    }
}
