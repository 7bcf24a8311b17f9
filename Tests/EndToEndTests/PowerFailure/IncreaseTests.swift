// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import Foundation
import Testing

/// What Prometheus adds up, while disks fill up and processes and machines end.
@Suite(.serialized, .timeLimit(.minutes(3))) struct IncreaseTests {
    /// The kinds whose series exist from the first scrape on.
    private static let kinds = EventKind.documented.map(\.rawValue)

    @Test func `increase counts every event once over full disks, kills, stops and power failures`()
        async throws
    {
        let increase = try await IncreaseFixture()
        for ending in IncreaseFixture.Ending.allCases {
            try await increase.inject(Self.kinds)
            try await increase.expectCounted()
            try await increase.fillDisk()
            try await increase.inject(Self.kinds)
            try await increase.expectFailingStorage()
            // Both servers see what a process with a full disk exposes.
            try await increase.expectScrape()
            try await increase.restart(after: ending)
            try await increase.expectCounted()
        }
        // A power failure after both servers have scraped new values. The stop before it writes all earlier ones to the
        // database, so that lost commits would show as lower values.
        try await increase.restart(after: .terminate)
        try await increase.expectCounted()
        try await increase.inject(Self.kinds)
        try await increase.expectCounted()
        try await increase.expectScrape()
        try await increase.restart(after: .powerFailure)
        try await increase.expectCounted()
        try await increase.expectScrape()
        #expect(increase.lostFiles > 0, "no power failure lost anything")
        let differences = try await increase.differences()
        #expect(differences == [])
    }

    @Test func `every server sees a new series at 0`() async throws {
        let increase = try await IncreaseFixture()
        // A scraper is regular from its second scrape on.
        try await increase.expectScrape()
        for number in 1...3 {
            try await increase.inject(["NewKind\(number)"])
            try await increase.expectCounted()
            try await increase.expectScrape()
        }
        let differences = try await increase.differences()
        #expect(differences == [])
    }
}
