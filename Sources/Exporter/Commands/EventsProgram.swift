// SPDX-License-Identifier: Apache-2.0

import ConnectorEvents
import EventLedger
import Glibc
import LinuxSystem
import Polling

/// The subcommand `events`: prints events of the ledger, oldest first.
///
/// The exporter that writes the ledger may be running.
package struct EventsProgram: Sendable {
    /// The options of the command.
    package struct Options: Sendable {
        /// The directory of the ledger.
        package var storagePath: String
        /// Patterns of ids and serial numbers of connectors; empty for all.
        package var connectors: [String] = []
        /// Patterns of ids and names of sites; empty for all.
        package var sites: [String] = []
        /// Patterns of kinds; empty for all.
        package var kinds: [String] = []
        /// The time of the oldest events; `nil` for all.
        package var since: String?
        /// The time of the newest events; `nil` for no limit.
        package var until: String?
        /// Whether to wait for further events.
        package var follows = false
        /// Whether to print JSON.
        package var isJSON = false
        /// Whether to print times in UTC.
        package var isUTC = false

        /// Creates the options of all events.
        package init(storagePath: String) { self.storagePath = storagePath }
    }

    /// The number of events that are read at once.
    ///
    /// The first lines appear after the first page.
    private static let pageSize = 1000

    /// The time between two checks for new events, in microseconds.
    private static let followMicroseconds: UInt32 = 500_000

    /// The maximum wait for the payload of a new event, in seconds.
    private static let payloadWait = 10.0

    private let options: Options
    private let environment: [String: String]
    private let clock = SystemClock()

    /// Creates a program.
    ///
    /// - Parameters:
    ///   - options: the options of the command.
    ///   - environment: the environment of the process.
    package init(_ options: Options, environment: [String: String]) {
        self.options = options
        self.environment = environment
    }

    /// Prints the selected events, and then new ones if `follows` is set.
    ///
    /// It blocks on the disk and on the reader of the output.
    ///
    /// - Throws: an error that names the option or the path.
    package func run() throws {
        let history = try EventHistory(directory: options.storagePath)
        let selection = ConnectorSelection(connectors: options.connectors, sites: options.sites)
        let inventories = try history.inventories()
        let selected = try selection.select(from: inventories)
        let kinds = NamePatterns(options.kinds)
        let filter = EventFilter(
            connectors: selection.isEmpty ? nil : selected,
            since: try options.since.map { try TimeReference.parse($0, option: "since", now: clock.now()) },
            until: try options.until.map { try TimeReference.parse($0, option: "until", now: clock.now()) },
            selects: { kinds.select($0.rawValue) }
        )
        let output = try CommandOutput(path: nil)
        var printer = EventPrinter(
            of: inventories,
            isJSON: options.isJSON,
            isUTC: options.isUTC,
            usesColor: Terminal(environment: environment).usesColor
        )
        // Events that are counted during the listing are printed by one of the two.
        let position = try history.lastPosition()
        try list(filter, upTo: options.follows ? position : .max, history, printer, output)
        if options.follows { try follow(filter, after: position, history, &printer, output) }
    }

    private func list(
        _ filter: EventFilter,
        upTo position: Int,
        _ history: EventHistory,
        _ printer: EventPrinter,
        _ output: CommandOutput
    ) throws {
        var cursor: EventCursor?
        repeat {
            let page = try history.events(matching: filter, after: cursor, limit: Self.pageSize)
            for event in page.events where event.position <= position {
                try output.print(printer.line(of: event))
            }
            try output.flush()
            cursor = page.next
        } while cursor != nil
    }

    /// Prints new events in the order of counting, until the process ends.
    private func follow(
        _ filter: EventFilter,
        after position: Int,
        _ history: EventHistory,
        _ printer: inout EventPrinter,
        _ output: CommandOutput
    ) throws -> Never {
        var position = position
        var payloadWait = PayloadWait(maximum: Self.payloadWait, afterPosition: position)
        while true {
            payloadWait.record(lastPosition: try history.lastPosition(), at: clock.uptime())
            let events = try history.events(countedAfter: position, limit: Self.pageSize)
            for event in events.prefix(while: payloadWait.isOver) {
                position = event.position
                guard filter.selects(event) else { continue }
                if !printer.hasInventory(of: event.connector) { printer.update(try history.inventories()) }
                try output.print(printer.line(of: event))
            }
            try output.flush()
            usleep(Self.followMicroseconds)
        }
    }
}
