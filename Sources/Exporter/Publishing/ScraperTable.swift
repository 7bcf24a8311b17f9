// SPDX-License-Identifier: Apache-2.0

import LinuxSystem

/// The newest body that each scraper has received.
///
/// The table is bounded. If it is full, a new scraper replaces the one that came least recently, preferably one that came
/// once. So a flood of names costs no memory and displaces no regular scraper.
struct ScraperTable {
    private struct Entry {
        var generation: Int
        var newest: Uptime
        /// The time of the scrape before the newest.
        var previous: Uptime?
    }

    /// The time within which a regular scraper comes twice, in seconds.
    private static let regularSeconds = 600.0

    private static let maxCount = 64

    private var entries: [Scraper: Entry] = [:]
    private var newestGeneration = 0

    /// Records that a scraper has received a complete body.
    mutating func record(_ generation: Int, by scraper: Scraper, at now: Uptime) {
        newestGeneration = max(newestGeneration, generation)
        if let entry = entries[scraper] {
            entries[scraper] = Entry(
                generation: max(entry.generation, generation),
                newest: now,
                previous: entry.newest
            )
        } else {
            if entries.count >= Self.maxCount { evictOne() }
            entries[scraper] = Entry(generation: generation, newest: now, previous: nil)
        }
    }

    private mutating func evictOne() {
        let candidates = entries.filter { $0.value.previous == nil }
        let oldest = (candidates.isEmpty ? entries : candidates).min { $0.value.newest < $1.value.newest }
        if let oldest { entries[oldest.key] = nil }
    }

    /// Returns the newest body that all regular scrapers have received, or a newer one.
    ///
    /// Regular scrapers came at least twice in the last ten minutes. Without regular scrapers, any scraper counts.
    func generationReceivedByAll(at now: Uptime) -> Int {
        let regular = entries.values.filter { entry in
            entry.previous.map { now - $0 <= Self.regularSeconds } ?? false
        }
        return regular.map(\.generation).min() ?? newestGeneration
    }
}
